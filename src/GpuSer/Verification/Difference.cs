namespace GpuSer.Verification;

/// <summary>How far an array is from its golden: the two figures that tolerances are given in.</summary>
/// <param name="Relative">2-norm of the difference over the 2-norm of the golden.</param>
/// <param name="Largest">Largest absolute difference.</param>
internal readonly record struct Difference(double Relative, double Largest)
{
    /// <summary>Compares element by element, in double; anything not finite on either side is infinitely far.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Difference Between(ReadOnlySpan<float> actual, ReadOnlySpan<float> golden)
    {
        if (actual.Length != golden.Length)
        {
            throw new ArgumentException($"{actual.Length} values against a golden of {golden.Length}");
        }

        double difference = 0, norm = 0, largest = 0;
        for (int i = 0; i < golden.Length; i++)
        {
            if (!float.IsFinite(actual[i]) || !float.IsFinite(golden[i]))
            {
                return new Difference(double.PositiveInfinity, double.PositiveInfinity);
            }

            double delta = (double)actual[i] - golden[i];
            difference += delta * delta;
            norm += (double)golden[i] * golden[i];
            largest = Math.Max(largest, Math.Abs(delta));
        }

        return new Difference(difference == 0 ? 0 : Math.Sqrt(difference) / Math.Max(Math.Sqrt(norm), 1e-30), largest);
    }
}
