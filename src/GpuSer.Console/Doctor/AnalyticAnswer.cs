using System.Globalization;

namespace GpuSer.Console.Doctor;

/// <summary>A value that a formula tells beforehand, beside what was computed.</summary>
/// <param name="What">Which value.</param>
/// <param name="Expected">What it must be.</param>
/// <param name="Found">What it is.</param>
/// <param name="Tolerance">How far it may be off.</param>
internal sealed record AnalyticAnswer(string What, double Expected, double Found, double Tolerance)
{
    /// <summary>Whether it is what it must be; what is not a number is not.</summary>
    public bool IsRight => Math.Abs(Found - Expected) <= Tolerance;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{What} is {Found:G6} where it must be {Expected:G6}");
}
