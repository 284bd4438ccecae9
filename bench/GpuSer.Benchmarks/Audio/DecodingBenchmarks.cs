using BenchmarkDotNet.Attributes;
using GpuSer.Audio;
using GpuSer.Audio.Decoding;

namespace GpuSer.Benchmarks.Audio;

/// <summary>A recording of 2 s (16-bit WAV, 22,050 Hz) decoded in this process, and by one of its own as the library does it.</summary>
[MemoryDiagnoser]
public class DecodingBenchmarks
{
    private const int Samples = 44100, Rate = 22050;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"gpuser-bench-{Environment.ProcessId}.wav");
    private readonly DecodeBuffer _here = new(new DecoderPool(null, TimeSpan.FromMinutes(1))), _there = new();

    [GlobalSetup]
    public void SetUp()
    {
        using BinaryWriter file = new(File.Create(_path));
        file.Write("RIFF"u8);
        file.Write(36 + (2 * Samples));
        file.Write("WAVEfmt "u8);
        file.Write(16);
        file.Write((ushort)1);
        file.Write((ushort)1);
        file.Write(Rate);
        file.Write(2 * Rate);
        file.Write((ushort)2);
        file.Write((ushort)16);
        file.Write("data"u8);
        file.Write(2 * Samples);
        Array.ForEach(Speech.Make(Samples), value => file.Write((short)(value * 32767)));
    }

    [GlobalCleanup]
    public void CleanUp() => File.Delete(_path);

    [Benchmark(Baseline = true)]
    public int InProcess() => AudioFile.ReadMono(_path, Rate, _here, default).Length;

    [Benchmark]
    public int Isolated() => AudioFile.ReadMono(_path, Rate, _there, default).Length;
}
