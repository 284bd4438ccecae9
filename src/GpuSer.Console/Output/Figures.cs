using System.Globalization;

namespace GpuSer.Console.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Figures
{
    public static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time.TotalSeconds < 99.5
        ? $"{time.TotalSeconds:0} s"
        : time.TotalMinutes < 99.5 ? $"{time.TotalMinutes:0} min" : $"{time.TotalHours:0.0} h";
}
