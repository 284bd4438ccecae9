namespace GpuSer.PtxEmulator.Tests;

/// <summary>The PTX that clang 19 makes of samples.cu.</summary>
internal static class Sample
{
    public static string Ptx { get; } = Read();

    private static string Read()
    {
        using var reader = new StreamReader(typeof(Sample).Assembly.GetManifestResourceStream("samples.ptx")!);
        return reader.ReadToEnd();
    }
}
