using System.Buffers.Binary;
using GpuSer.Training.Data;

namespace GpuSer.Training.Tests;

/// <summary>A folder of made-up recordings with EMO-DB's names: each emotion is a chord of its own, so a network can tell them apart.</summary>
internal sealed class SpokenCorpus : IDisposable
{
    private const int Rate = 22050;

    public SpokenCorpus(int speakers, int textsPerEmotion, params ReadOnlySpan<char> emotions)
    {
        Folder = Directory.CreateTempSubdirectory("gpuser-spoken-").FullName;
        for (int speaker = 0; speaker < speakers; speaker++)
        {
            foreach (char letter in emotions)
            {
                for (int text = 0; text < textsPerEmotion; text++)
                {
                    string name = $"{speaker + 3:00}a{text + 1:00}{letter}a.wav";
                    Write(name, Chord(EmotionLabels.FromEmoDbLetter(letter), speaker, text));
                }
            }
        }
    }

    public string Folder { get; }

    public Corpus Corpus => EmoDbCorpus.Load(Folder);

    public string Runs => Path.Combine(Folder, "runs");

    public string PathOf(string name) => Path.Combine(Folder, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes a mono WAV file of 16 bits at 22,050 Hz.</summary>
    public void Write(string name, ReadOnlySpan<float> samples)
    {
        byte[] file = new byte[44 + (2 * samples.Length)];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        int[] format = [16, 1 | (1 << 16), Rate, 2 * Rate, 2 | (16 << 16)];
        for (int i = 0; i < format.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16 + (4 * i)), format[i]);
        }

        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 2 * samples.Length);
        for (int i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + (2 * i)), (short)(samples[i] * 32767));
        }

        File.WriteAllBytes(PathOf(name), file);
    }

    public static float[] Chord(int emotion, int speaker, int text)
    {
        // Ragged lengths from 0.35 s to 0.6 s.
        float[] samples = new float[7700 + (613 * ((speaker + (3 * text)) % 9))];
        double tone = 150 * Math.Pow(1.7, emotion) * (1 + (0.02 * speaker));
        for (int i = 0; i < samples.Length; i++)
        {
            double t = i / (double)Rate;
            samples[i] = (float)((0.3 * Math.Sin(2 * Math.PI * tone * t)) + (0.2 * Math.Sin(2 * Math.PI * (2.5 + (0.1 * text)) * tone * t)));
        }

        return samples;
    }
}
