using System.Globalization;

namespace GpuSer.Training.Evaluation;

/// <summary>Mean and spread of a figure over several trainings: folds, seeds, or both.</summary>
/// <param name="Count">How many values there are.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their sample standard deviation, with n - 1; null for a single value, which has none.</param>
/// <param name="Min">The least.</param>
/// <param name="Max">The largest.</param>
public readonly record struct Spread(int Count, double Mean, double? Deviation, double Min, double Max)
{
    /// <summary>Sums up values.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Spread Of(params IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("a spread needs at least one value", nameof(values));
        }

        double mean = values.Average();
        double? deviation = values.Count == 1 ? null : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return new Spread(values.Count, mean, deviation, values.Min(), values.Max());
    }

    /// <summary>The spread of shares in per cent: <c>87.7 % +- 1.2 (n = 5, 86.1 to 89.0)</c>.</summary>
    public string Percent() => Deviation is double deviation
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * Mean:0.0} % +- {100 * deviation:0.0} (n = {Count}, {100 * Min:0.0} to {100 * Max:0.0})")
        : string.Create(CultureInfo.InvariantCulture, $"{100 * Mean:0.0} % (n = 1)");
}
