using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>Where an instruction's addresses come from, and how much each lane accesses.</summary>
/// <param name="Space">State space the instruction names.</param>
/// <param name="Register">Offset of the base register or constant.</param>
/// <param name="IsWide">Whether the base has 64 bits rather than 32.</param>
/// <param name="Offset">Bytes added to the base.</param>
/// <param name="Bytes">Bytes of one element.</param>
/// <param name="Elements">Elements a lane accesses: 1, 2 or 4.</param>
/// <param name="CacheIndex">Place that remembers the range last touched.</param>
internal sealed unsafe record AddressOperandCode(
    StateSpace Space, int Register, bool IsWide, long Offset, int Bytes, int Elements, int CacheIndex)
{
    /// <summary>Bytes a lane accesses.</summary>
    public ulong Total { get; } = (ulong)(Bytes * Elements);

    /// <summary>
    /// Computes all lanes' addresses. Inactive lanes get the first active lane's, so that loops over all lanes stay in
    /// bounds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public AccessPattern Resolve(Warp warp, ulong* addresses)
    {
        uint lanes = warp.Active;
        int firstLane = Lanes.First(lanes);
        if (IsWide)
            Copy(warp.At<ulong>(Register), addresses);
        else
            Widen(warp.At<uint>(Register), addresses);
        ulong first = addresses[firstLane] + (ulong)Offset;
        Vector256<ulong> offset = Vector256.Create((ulong)Offset);
        Vector256<ulong> firsts = Vector256.Create(first);
        Vector256<ulong> expected = (Vector256.Create(0ul, 1, 2, 3) - Vector256.Create((ulong)firstLane)) * Vector256.Create(Total) + firsts;
        Vector256<ulong> step = Vector256.Create(4 * Total);
        Vector256<ulong> varied = Vector256<ulong>.Zero;
        Vector256<ulong> broken = Vector256<ulong>.Zero;
        for (int lane = 0; lane < Lanes.Count; lane += 4)
        {
            Vector256<ulong> address = Vector256.Load(addresses + lane) + offset;
            Vector256<ulong> unlike = address ^ expected;
            if (lanes != Lanes.All)
            {
                Vector256<ulong> mask = Lanes.Mask<ulong>(lanes, lane);
                unlike &= mask;
                address = Vector256.ConditionalSelect(mask, address, firsts);
            }

            varied |= address ^ firsts;
            broken |= unlike;
            address.Store(addresses + lane);
            expected += step;
        }

        int count = BitOperations.PopCount(lanes);
        uint shifted = lanes >> firstLane;
        AccessShape shape = varied == Vector256<ulong>.Zero ? AccessShape.Uniform
            : broken == Vector256<ulong>.Zero && (shifted & (shifted + 1)) == 0 ? AccessShape.Run
            : AccessShape.General;
        return new(shape, first, firstLane, lanes, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(ulong* source, ulong* target)
    {
        for (int lane = 0; lane < Lanes.Count; lane += 4)
            Vector256.Load(source + lane).Store(target + lane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(uint* source, ulong* target)
    {
        for (int lane = 0; lane < Lanes.Count; lane += 8)
        {
            (Vector256<ulong> lower, Vector256<ulong> upper) = Vector256.Widen(Vector256.Load(source + lane));
            lower.Store(target + lane);
            upper.Store(target + lane + 4);
        }
    }
}
