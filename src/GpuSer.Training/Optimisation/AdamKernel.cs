using System.Runtime.Intrinsics;

namespace GpuSer.Training.Optimisation;

/// <summary>One step of Adam on a stretch of memory: each element of the four arrays is read once, and of all but the gradients written once.</summary>
/// <remarks>
/// m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  p = p - lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps).
/// </remarks>
internal readonly unsafe struct AdamKernel
{
    private readonly float _beta1, _beta2, _rest1, _rest2, _stepSize, _rootScale, _epsilon;

    /// <summary>Works out the factors of step <paramref name="step"/>, in double.</summary>
    public AdamKernel(AdamOptions options, long step)
    {
        (_beta1, _beta2, _epsilon) = ((float)options.Beta1, (float)options.Beta2, (float)options.Epsilon);
        (_rest1, _rest2) = ((float)(1 - options.Beta1), (float)(1 - options.Beta2));
        _stepSize = (float)(options.LearningRate / (1 - Math.Pow(options.Beta1, step)));
        _rootScale = (float)(1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step)));
    }

    /// <summary>Updates <paramref name="count"/> elements.</summary>
    public void Run(float* parameter, float* gradient, float* mean, float* square, long count)
    {
        long i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> g = Vector512.Load(gradient + i);
                Vector512<float> m = (Vector512.Load(mean + i) * _beta1) + (g * _rest1);
                Vector512<float> v = (Vector512.Load(square + i) * _beta2) + (g * g * _rest2);
                Vector512<float> root = (Vector512.Sqrt(v) * _rootScale) + Vector512.Create(_epsilon);
                (Vector512.Load(parameter + i) - (m * _stepSize / root)).Store(parameter + i);
                m.Store(mean + i);
                v.Store(square + i);
            }
        }

        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> g = Vector256.Load(gradient + i);
            Vector256<float> m = (Vector256.Load(mean + i) * _beta1) + (g * _rest1);
            Vector256<float> v = (Vector256.Load(square + i) * _beta2) + (g * g * _rest2);
            Vector256<float> root = (Vector256.Sqrt(v) * _rootScale) + Vector256.Create(_epsilon);
            (Vector256.Load(parameter + i) - (m * _stepSize / root)).Store(parameter + i);
            m.Store(mean + i);
            v.Store(square + i);
        }

        for (; i < count; i++)
        {
            float g = gradient[i];
            float m = (mean[i] * _beta1) + (g * _rest1);
            float v = (square[i] * _beta2) + (g * g * _rest2);
            parameter[i] -= m * _stepSize / ((MathF.Sqrt(v) * _rootScale) + _epsilon);
            (mean[i], square[i]) = (m, v);
        }
    }
}
