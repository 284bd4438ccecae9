namespace GpuSer.Randomness;

/// <summary>
/// The counter-based generator Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): any value is made
/// from its number alone, in any order and on any machine. The kernels have the same one.
/// </summary>
internal static class Philox4x32
{
    private const int RoundCount = 10;

    /// <summary>The ten rounds on one counter.</summary>
    /// <param name="counter">Four words, replaced by four random words.</param>
    /// <param name="key">The key: its low word first.</param>
    /// <exception cref="ArgumentException">The counter has not four words.</exception>
    public static void Rounds(Span<uint> counter, ulong key)
    {
        if (counter.Length != 4)
            throw new ArgumentException($"a counter of {counter.Length} words; it has 4", nameof(counter));
        (uint c0, uint c1, uint c2, uint c3) = (counter[0], counter[1], counter[2], counter[3]);
        (uint key0, uint key1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < RoundCount; round++)
        {
            ulong left = 0xD2511F53UL * c0, right = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(right >> 32) ^ c1 ^ key0, (uint)right, (uint)(left >> 32) ^ c3 ^ key1, (uint)left);
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }

        (counter[0], counter[1], counter[2], counter[3]) = (c0, c1, c2, c3);
    }
}
