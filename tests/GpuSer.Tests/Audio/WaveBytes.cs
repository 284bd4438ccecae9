using System.Buffers.Binary;

namespace GpuSer.Tests.Audio;

/// <summary>A WAV file put together field by field, true or lying.</summary>
internal sealed record WaveBytes
{
    public ushort Format { get; init; } = 1;

    public ushort Channels { get; init; } = 1;

    public uint Rate { get; init; } = 22050;

    public ushort? BlockAlign { get; init; }

    public ushort Bits { get; init; } = 16;

    public uint? RiffSize { get; init; }

    public uint FormatSize { get; init; } = 16;

    public uint? DataSize { get; init; }

    public byte[] Data { get; init; } = new byte[200];

    /// <summary>What follows the data.</summary>
    public byte[] Tail { get; init; } = [];

    public byte[] Bytes()
    {
        byte[] bytes = [.. "RIFF....WAVEfmt "u8, .. new byte[20], .. "data...."u8, .. Data, .. Tail];
        Span<byte> file = bytes;
        ushort align = BlockAlign ?? (ushort)(Channels * Bits / 8);
        BinaryPrimitives.WriteUInt32LittleEndian(file[4..], RiffSize ?? (uint)bytes.Length - 8);
        BinaryPrimitives.WriteUInt32LittleEndian(file[16..], FormatSize);
        BinaryPrimitives.WriteUInt16LittleEndian(file[20..], Format);
        BinaryPrimitives.WriteUInt16LittleEndian(file[22..], Channels);
        BinaryPrimitives.WriteUInt32LittleEndian(file[24..], Rate);
        BinaryPrimitives.WriteUInt32LittleEndian(file[28..], Rate * align);
        BinaryPrimitives.WriteUInt16LittleEndian(file[32..], align);
        BinaryPrimitives.WriteUInt16LittleEndian(file[34..], Bits);
        BinaryPrimitives.WriteUInt32LittleEndian(file[40..], DataSize ?? (uint)Data.Length);
        return bytes;
    }
}
