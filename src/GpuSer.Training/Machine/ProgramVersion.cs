using System.Reflection;

namespace GpuSer.Training.Machine;

/// <summary>Which GpuSer this is.</summary>
internal static class ProgramVersion
{
    private static readonly string[] Parts =
        (typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+', 2);

    /// <summary>The version, such as <c>0.1.0</c>.</summary>
    public static string Number => Parts[0];

    /// <summary>The commit that it was built from; null where the build knew none.</summary>
    public static string? Commit => Parts.Length > 1 ? Parts[1] : null;
}
