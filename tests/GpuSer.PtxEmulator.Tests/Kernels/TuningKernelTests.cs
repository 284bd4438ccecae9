using GpuSer.Cuda;
using GpuSer.Features.Chroma;

namespace GpuSer.PtxEmulator.Tests.Kernels;

/// <summary>The median and the vote of the tuning kernel against a plain sort, where they are easily missed by one.</summary>
public sealed class TuningKernelTests
{
    private const int Pitch = 184, BinPitch = 192, Most = 179;
    private const uint NoPeak = 0x7fffffff;

    [Fact]
    public void Any_list_of_peaks_gets_the_tuning_of_its_upper_half()
    {
        Random random = new(3);
        float one = 1, next = MathF.BitIncrement(one), second = MathF.BitIncrement(next);
        List<(float Strength, int Bin)[]> cases =
        [
            [],
            [(0.5f, 99)],
            [(1, 7), (2, 3)],
            [(2, 9), (2, 4), (2, 4), (1, 9)],
            // The mean of neighbouring floats is rounded to the even one: the lower is kept, then it is not.
            [(one, 5), (next, 6)],
            [(next, 5), (second, 6)],
            [(one, 5), (one, 5), (next, 6), (second, 6)],
            // Neighbours of different exponents.
            [(MathF.BitDecrement(2), 0), (2, 1)],
            // A tie goes to the lowest.
            [(1, 70), (1, 20), (1, 70), (1, 20), (1, 90)],
        ];
        for (int i = 0; i < 12; i++)
        {
            int count = random.Next(1, 4000);
            double spread = random.Next(1, 30);
            // Some with many equal strengths.
            cases.Add([.. Enumerable.Range(0, count).Select(_ =>
                ((float)Math.Pow(2, i % 3 == 0 ? Math.Round(random.NextDouble() * spread) : random.NextDouble() * spread), random.Next(100)))]);
        }

        int[] tunings = Run([.. cases]);
        for (int i = 0; i < cases.Count; i++)
            Assert.True(Expected(cases[i]) == tunings[i], $"case {i}: {tunings[i]} instead of {Expected(cases[i])}");
    }

    // One frame after the other is filled, the last as far as there are peaks; one frame stays empty.
    private static int[] Run((float Strength, int Bin)[][] signals)
    {
        int frames = signals.Max(signal => signal.Length / Most) + 2;
        using KernelDevice device = new(detectRaces: true);
        float[] strengths = new float[signals.Length * frames * Pitch];
        byte[] bins = new byte[signals.Length * frames * BinPitch];
        int[] counts = new int[signals.Length * frames];
        for (int s = 0; s < signals.Length; s++)
        {
            for (int i = 0; i < signals[s].Length; i++)
            {
                int frame = (s * frames) + 1 + (i / Most), at = i % Most;
                strengths[(frame * Pitch) + at] = signals[s][i].Strength;
                bins[(frame * BinPitch) + at] = (byte)signals[s][i].Bin;
                counts[frame] = at + 1;
            }
        }

        for (int frame = 0; frame < counts.Length; frame++)
        {
            for (int at = counts[frame]; at % 4 != 0; at++)
                strengths[(frame * Pitch) + at] = BitConverter.UInt32BitsToSingle(NoPeak);
        }

        using DeviceBuffer<float> strengthsOnDevice = new(device.Context, strengths);
        using DeviceBuffer<byte> binsOnDevice = new(device.Context, bins);
        using DeviceBuffer<int> countsOnDevice = new(device.Context, counts);
        using DeviceBuffer<ulong> scratch = new(device.Context, (long)counts.Length * Pitch);
        using DeviceBuffer<int> tunings = new(device.Context, signals.Length);
        new KernelLaunch(
            device.Kernels.Get("tuning", "gpuser_tuning_f32"),
            new Dim3(signals.Length),
            512,
            0,
            strengthsOnDevice.Address,
            binsOnDevice.Address,
            countsOnDevice.Address,
            frames,
            scratch.Address,
            tunings.Address).Run(device.Stream);
        int[] result = new int[signals.Length];
        tunings.CopyTo(result, device.Stream);
        return result;
    }

    private static int Expected((float Strength, int Bin)[] peaks)
    {
        if (peaks.Length == 0)
            return TuningTables.None;
        float[] sorted = [.. peaks.Select(peak => peak.Strength).Order()];
        float median = (float)(((double)sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2);
        int[] votes = new int[TuningTables.Count];
        foreach ((float strength, int bin) in peaks)
            votes[bin] += strength >= median ? 1 : 0;
        return Array.IndexOf(votes, votes.Max());
    }
}
