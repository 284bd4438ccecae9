using GpuSer.IO;

namespace GpuSer.Fuzz.Targets;

/// <summary>NumPy's arrays, and archives.</summary>
internal static class ArrayTargets
{
    private static readonly ZipLimits Limits = new(50, 1 << 20);

    public static IEnumerable<FuzzTarget> All(string folder)
    {
        yield return new FuzzTarget("npy", ".npy", Npy(folder), path => NpyFile.Read(path)) { Share = 2, Mutate = TextMutator.MutateNumbers };
        string unpacked = Path.Combine(folder, "unpacked");
        yield return new FuzzTarget("zip", ".zip", [Zip(folder)], path =>
        {
            ZipFolder.Extract(path, unpacked, Limits);
            Directory.Delete(unpacked, recursive: true);
        })
        {
            Share = 0.5,
        };
    }

    private static List<byte[]> Npy(string folder)
    {
        string path = Path.Combine(folder, "a.npy");
        List<byte[]> seeds = [];
        foreach (int[] shape in (int[][])[[24], [4, 6], [2, 3, 4], []])
        {
            NpyFile.Write(path, new float[shape.Aggregate(1, (product, extent) => product * extent)], shape);
            seeds.Add(File.ReadAllBytes(path));
        }

        foreach ((byte width, string type) in ((byte, string)[])[(8, "<f8"), (4, "<i4"), (8, "<i8")])
        {
            seeds.Add([0x93, .. "NUMPY"u8, 2, 0, 70, 0, 0, 0, .. System.Text.Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': False, 'shape': (3,), }}".PadRight(69) + "\n"), .. new byte[3 * width]]);
        }

        return seeds;
    }

    private static byte[] Zip(string folder)
    {
        string source = Directory.CreateDirectory(Path.Combine(folder, "packed", "wav")).Parent!.FullName, path = Path.Combine(folder, "a.zip");
        File.WriteAllText(Path.Combine(source, "a.txt"), "some text, some text, some text");
        File.WriteAllBytes(Path.Combine(source, "wav", "b.wav"), new byte[300]);
        System.IO.Compression.ZipFile.CreateFromDirectory(source, path);
        return File.ReadAllBytes(path);
    }
}
