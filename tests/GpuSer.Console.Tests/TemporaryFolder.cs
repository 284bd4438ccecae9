using System.Buffers.Binary;

namespace GpuSer.Console.Tests;

/// <summary>A folder of a test's own, with recordings made by formula.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const int SampleRate = 22050;

    public string Root { get; } = Directory.CreateTempSubdirectory("gpuser-").FullName;

    public string this[params string[] parts] => Path.Combine([Root, .. parts]);

    /// <summary>Writes a mono 16-bit WAV file of a tone with vibrato, another one for each pitch.</summary>
    public string Tone(string name, double hertz = 220, double seconds = 0.8)
    {
        int count = (int)(seconds * SampleRate);
        short[] samples = new short[count];
        double phase = 0;
        for (int i = 0; i < count; i++)
        {
            phase += 2 * Math.PI * hertz * (1 + (0.02 * Math.Sin(2 * Math.PI * 5 * i / SampleRate))) / SampleRate;
            samples[i] = (short)(9000 * (Math.Sin(phase) + (0.4 * Math.Sin(2 * phase)) + (0.2 * Math.Sin(3 * phase))));
        }

        return Wav(name, samples);
    }

    public string Wav(string name, short[] samples)
    {
        byte[] bytes = new byte[44 + (2 * samples.Length)];
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), 2 * SampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), 16);
        "data"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), 2 * samples.Length);
        for (int i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(44 + (2 * i)), samples[i]);
        }

        string path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>A small corpus in EMO-DB's names: <paramref name="each"/> recordings of every emotion.</summary>
    public string Corpus(string name, int each)
    {
        const string letters = "ATEWLNF";
        for (int emotion = 0; emotion < letters.Length; emotion++)
        {
            for (int i = 0; i < each; i++)
            {
                Tone(Path.Combine(name, $"{3 + i:00}a01{letters[emotion]}a.wav"), 120 + (60 * emotion) + i, 0.75);
            }
        }

        return this[name];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
