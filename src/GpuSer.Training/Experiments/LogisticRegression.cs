using System.Numerics;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.Optimization;
using Vector = System.Numerics.Vector;

namespace GpuSer.Training.Experiments;

/// <summary>
/// Multinomial logistic regression with a squared penalty on all weights, fitted by L-BFGS (MathNet.Numerics): the least of
/// <c>mean over i of -log p(label i | row i) + penalty / 2 * |w|^2</c>. The bias is the weight of a column of ones and is penalised with the rest, so that
/// the objective is strongly convex: its least is unique, and no further from w than <c>|gradient at w| / penalty</c>.
/// </summary>
internal sealed class LogisticRegression
{
    /// <summary>Largest gradient, in 2-norm, of a fit that counts as one.</summary>
    public const double Tolerance = 1e-6;

    // L-BFGS goes on to this where rounding lets it; MathNet judges the largest element, relative to weights and value.
    private const double Aim = 1e-9;
    private const int Memory = 10, MostIterations = 1000;

    private readonly double[] _weights;
    private readonly int _width;

    private LogisticRegression(double[] weights, int classes, double gradientNorm)
    {
        (_weights, _width, Classes, GradientNorm) = (weights, weights.Length / classes, classes, gradientNorm);
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>2-norm of the objective's gradient where the fit ended.</summary>
    public double GradientNorm { get; }

    /// <summary>Weights of a class, its bias last. [length = columns + 1]</summary>
    public ReadOnlySpan<double> Weights(int label) => _weights.AsSpan(label * _width, _width);

    /// <summary>Fits a model, from zero weights.</summary>
    /// <param name="rows">Rows, at least one, each with a one at its end. [n][columns + 1]</param>
    /// <param name="labels">Their labels. [length = n]</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="penalty">Factor of the squared penalty, positive.</param>
    /// <exception cref="TrainingException">L-BFGS did not come to the least.</exception>
    public static LogisticRegression Fit(IReadOnlyList<double[]> rows, IReadOnlyList<int> labels, int classes, double penalty)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(penalty);
        double[] best = new double[classes * rows[0].Length];
        double least = double.PositiveInfinity;

        // Close to the least a line search may fail by rounding; what counts is the best point that it saw.
        IObjectiveFunction objective = ObjectiveFunction.Gradient(point =>
        {
            double[] gradient = new double[best.Length], weights = point.AsArray() ?? point.ToArray();
            double value = Objective(rows, labels, weights, penalty, gradient), norm = Math.Sqrt(Dot(gradient, gradient));
            if (norm < least)
            {
                least = norm;
                weights.CopyTo(best, 0);
            }

            return (value, DenseVector.Build.Dense(gradient));
        });
        try
        {
            new LimitedMemoryBfgsMinimizer(Aim, 0, 0, Memory, MostIterations).FindMinimum(objective, DenseVector.Build.Dense(best.Length));
        }
        catch (OptimizationException) when (least <= Tolerance)
        {
        }
        catch (OptimizationException error)
        {
            throw new TrainingException($"the logistic regression did not come to its least: {error.Message}", error);
        }

        return least <= Tolerance
            ? new LogisticRegression(best, classes, least)
            : throw new TrainingException($"the logistic regression did not come to its least: a gradient of {least} is left");
    }

    /// <summary>The objective and its gradient.</summary>
    /// <param name="rows">[n][columns + 1]</param>
    /// <param name="labels">[length = n]</param>
    /// <param name="weights">[shape = (classes, columns + 1)]</param>
    /// <param name="penalty">Factor of the squared penalty.</param>
    /// <param name="gradient">Where to write; zero before. [shape = (classes, columns + 1)]</param>
    internal static double Objective(IReadOnlyList<double[]> rows, IReadOnlyList<int> labels, double[] weights, double penalty, double[] gradient)
    {
        int width = rows[0].Length, classes = weights.Length / width;
        double[] logits = new double[classes];
        double loss = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            double sum = Logits(rows[i], weights, logits);
            loss += sum - logits[labels[i]];
            for (int c = 0; c < classes; c++)
            {
                AddScaled(gradient.AsSpan(c * width, width), rows[i], (Math.Exp(logits[c] - sum) - (c == labels[i] ? 1 : 0)) / rows.Count);
            }
        }

        AddScaled(gradient, weights, penalty);
        return (loss / rows.Count) + (penalty / 2 * Dot(weights, weights));
    }

    /// <summary>The class with the largest probability, and the cross entropy of the true one.</summary>
    public (int Prediction, double Loss) Judge(double[] row, int label)
    {
        double[] logits = new double[Classes];
        double sum = Logits(row, _weights, logits);
        return (logits.AsSpan().IndexOf(logits.Max()), sum - logits[label]);
    }

    /// <summary>Writes the logits and gives the logarithm of the sum of their exponentials.</summary>
    private static double Logits(double[] row, double[] weights, double[] logits)
    {
        for (int c = 0; c < logits.Length; c++)
        {
            logits[c] = Dot(weights.AsSpan(c * row.Length, row.Length), row);
        }

        double most = logits.Max();
        return most + Math.Log(logits.Sum(logit => Math.Exp(logit - most)));
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Vector<double> sums = Vector<double>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            sums += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
        }

        double sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static void AddScaled(Span<double> to, ReadOnlySpan<double> values, double factor)
    {
        int i = 0;
        for (; i <= to.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            (new Vector<double>(to[i..]) + (new Vector<double>(values[i..]) * factor)).CopyTo(to[i..]);
        }

        for (; i < to.Length; i++)
        {
            to[i] += factor * values[i];
        }
    }
}
