using System.Buffers.Binary;

namespace GpuSer.Fuzz;

/// <summary>Damages bytes as disks, broken programs and attackers do: flipped bits, odd values in fields, parts cut, repeated, removed, or taken from another file.</summary>
public static class ByteMutator
{
    private const int MostBytes = 1 << 18;

    private static readonly byte[] Bytes = [0, 1, 0x7f, 0x80, 0x81, 0xfe, 0xff, (byte)'"', (byte)'\n', (byte)'[', (byte)'{', (byte)'.', (byte)'0', (byte)'-'];

    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 3, 4, 8, 16, 24, 32, 64, 127, 128, 255, 256, 1023, 1024, 1025, 4096, 32767, 32768, 65535, 65536, 1 << 24, int.MaxValue - 1,
        int.MaxValue, int.MinValue, uint.MaxValue - 7, uint.MaxValue, 1L << 32, 1L << 40, long.MaxValue / 4, long.MaxValue, long.MinValue,
    ];

    /// <summary>Applies one to eight changes; most inputs get few, so that they get past the first check.</summary>
    /// <param name="random">Chooses.</param>
    /// <param name="seed">What to damage.</param>
    /// <param name="other">What parts are taken from.</param>
    public static byte[] Mutate(FuzzRandom random, byte[] seed, byte[] other) => Mutate(random, seed, other, MostBytes);

    /// <summary>As above, of at most so many bytes.</summary>
    public static byte[] Mutate(FuzzRandom random, byte[] seed, byte[] other, int mostBytes)
    {
        byte[] bytes = [.. seed];
        int changes = random.Percent(50) ? 1 : 1 + random.Next(8);
        for (int i = 0; i < changes; i++)
        {
            bytes = Change(random, bytes, other);
        }

        return bytes.Length <= mostBytes ? bytes : bytes[..mostBytes];
    }

    private static byte[] Change(FuzzRandom random, byte[] bytes, byte[] other)
    {
        if (bytes.Length == 0)
        {
            return [.. other];
        }

        int at = Place(random, bytes.Length);
        switch (random.Next(12))
        {
            case 0 or 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 3 or 4:
                bytes[at] = random.Pick(Bytes);
                return bytes;
            case 5 or 6 or 7:
                SetNumber(random, bytes.AsSpan(at));
                return bytes;
            case 8:
                return bytes[..at];
            case 9:
                {
                    int length = Length(random, bytes.Length - at);
                    return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
                }

            case 10:
                {
                    int length = Length(random, bytes.Length - at), times = random.Percent(90) ? 1 : 1 + random.Next(64);
                    byte[] part = bytes[at..(at + length)];
                    return [.. bytes.AsSpan(0, at), .. Enumerable.Repeat(part, times).SelectMany(b => b), .. bytes.AsSpan(at)];
                }

            default:
                {
                    int from = Place(random, Math.Max(1, other.Length)), length = Length(random, other.Length - from);
                    ReadOnlySpan<byte> rest = bytes.AsSpan(random.Percent(50) ? Math.Min(bytes.Length, at + length) : at);
                    return [.. bytes.AsSpan(0, at), .. other.AsSpan(from, length), .. rest];
                }
        }
    }

    /// <summary>Half of all changes are made in the first bytes, where headers are, or the last, where directories are.</summary>
    private static int Place(FuzzRandom random, int length) => random.Next(4) switch
    {
        0 => random.Next(Math.Min(64, length)),
        1 => random.Percent(70) ? random.Next(Math.Min(512, length)) : length - 1 - random.Next(Math.Min(128, length)),
        _ => random.Next(length),
    };

    private static int Length(FuzzRandom random, int most) => random.Percent(60) ? random.Next(Math.Min(most, 16) + 1) : random.Next(most + 1);

    private static void SetNumber(FuzzRandom random, Span<byte> at)
    {
        long number = random.Pick(Numbers) + (random.Percent(10) ? random.Next(5) - 2 : 0);
        Span<byte> field = stackalloc byte[8];
        int width = 2 << random.Next(3);
        if (random.Percent(75))
        {
            BinaryPrimitives.WriteInt64LittleEndian(field, number);
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(field, number);
            field = field[^width..];
        }

        field[..Math.Min(width, at.Length)].CopyTo(at);
    }
}
