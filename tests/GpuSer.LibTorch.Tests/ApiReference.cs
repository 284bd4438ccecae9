using GpuSer.Reference;

namespace GpuSer.LibTorch.Tests;

/// <summary>The package's public surface, one line a signature; lines begin with a mark and a space.</summary>
internal sealed class ApiReference
{
    private readonly HashSet<string> _signatures;

    public ApiReference(IEnumerable<string> lines) => _signatures = [.. lines.Where(line => line.Length > 2).Select(line => line[2..])];

    /// <summary>Where the list is, if it is there at all.</summary>
    public static string File { get; } = Path.Combine(Golden.Shared, "reference", "torchsharp-api.txt");

    public static ApiReference? Load() => System.IO.File.Exists(File) ? new ApiReference(System.IO.File.ReadLines(File)) : null;

    public int Count => _signatures.Count;

    /// <summary>The signatures that the reference does not have.</summary>
    public IReadOnlyList<string> Strangers(IEnumerable<string> signatures) => [.. signatures.Where(signature => !_signatures.Contains(signature)).Order(StringComparer.Ordinal)];
}
