using System.Buffers.Binary;

namespace GpuSer.Samples;

/// <summary>Stands for recordings of people: two classes that a network tells apart at once, steady tones and trembling ones.</summary>
internal static class Tones
{
    public const int SampleRate = FeatureOptions.SampleRate;

    /// <summary>A tone with an overtone; a trembling one's pitch goes up and down by 6 %, six times a second. [seconds * 22,050 samples]</summary>
    public static float[] Samples(double hertz, double seconds, bool trembling = false)
    {
        float[] samples = new float[(int)(seconds * SampleRate)];
        double phase = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double bend = trembling ? 0.06 * Math.Sin(2 * Math.PI * 6 * i / SampleRate) : 0;
            phase += 2 * Math.PI * hertz * (1 + bend) / SampleRate;
            samples[i] = (float)((0.4 * Math.Sin(phase)) + (0.2 * Math.Sin(2 * phase)));
        }

        return samples;
    }

    /// <summary>Writes samples as a mono WAV file of 16 bits.</summary>
    public static void WriteWav(string path, float[] samples)
    {
        byte[] file = new byte[44 + (2 * samples.Length)];
        "RIFF"u8.CopyTo(file);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        "data"u8.CopyTo(file.AsSpan(36));
        int[] header = [16, 1 | (1 << 16), SampleRate, 2 * SampleRate, 2 | (16 << 16)];
        for (int i = 0; i < header.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16 + (4 * i)), header[i]);
        }

        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 2 * samples.Length);
        for (int i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + (2 * i)), (short)(samples[i] * short.MaxValue));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllBytes(path, file);
    }
}
