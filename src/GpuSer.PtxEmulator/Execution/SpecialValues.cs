using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Execution;

/// <summary>Writes constants and special registers to the places instructions read them from.</summary>
internal sealed unsafe class SpecialValues(LaunchState launch, byte* constants, Warp[] warps)
{
    private readonly List<(int Axis, int Offset)> _blockIndices = [];

    /// <summary>Writes all that one launch never changes.</summary>
    public void SetUp()
    {
        ConstantPool pool = launch.Code.Constants;
        foreach ((int offset, int bytes, ulong value) in pool.Values)
            Lanes.Fill(constants + offset, bytes, value);
        foreach ((string name, int offset, int bytes) in pool.Specials)
            Set(name, offset, bytes);
        foreach (Warp warp in warps)
            SetThreads(warp);
    }

    /// <summary>Writes the block's index.</summary>
    public void SetBlock(Dim3 index)
    {
        foreach ((int axis, int offset) in _blockIndices)
            Lanes.Fill(constants + offset, 4, (ulong)(axis == 0 ? index.X : axis == 1 ? index.Y : index.Z));
    }

    private void SetThreads(Warp warp)
    {
        uint* specials = (uint*)(warp.Registers + WarpLayout.PerWarpSpecials);
        Dim3 block = launch.Block;
        for (int lane = 0; lane < Lanes.Count; lane++)
        {
            int thread = (warp.Index * Lanes.Count) + lane;
            specials[lane] = (uint)(thread % block.X);
            specials[Lanes.Count + lane] = (uint)(thread / block.X % block.Y);
            specials[(2 * Lanes.Count) + lane] = (uint)(thread / block.X / block.Y);
            specials[(3 * Lanes.Count) + lane] = (uint)warp.Index;
        }
    }

    private void Set(string name, int offset, int bytes)
    {
        int axis = name[^1] - 'x';
        switch (name)
        {
            case "%ctaid.x" or "%ctaid.y" or "%ctaid.z":
                _blockIndices.Add((axis, offset));
                break;
            case "%ntid.x" or "%ntid.y" or "%ntid.z":
                Fill(Axis(launch.Block, axis));
                break;
            case "%nctaid.x" or "%nctaid.y" or "%nctaid.z":
                Fill(Axis(launch.Grid, axis));
                break;
            case "%laneid":
                PerLane(lane => (uint)lane);
                break;
            case "%lanemask_eq":
                PerLane(lane => 1u << lane);
                break;
            case "%lanemask_lt":
                PerLane(lane => (1u << lane) - 1);
                break;
            case "%lanemask_le":
                PerLane(lane => (2u << lane) - 1);
                break;
            case "%lanemask_gt":
                PerLane(lane => ~((2u << lane) - 1));
                break;
            case "%lanemask_ge":
                PerLane(lane => ~((1u << lane) - 1));
                break;
            case "%nwarpid":
                Fill(warps.Length);
                break;
            case "%nsmid":
                Fill(launch.Options.Gpu.Multiprocessors);
                break;
            case "%dynamic_smem_size":
                Fill(launch.DynamicSharedBytes);
                break;
            case "%total_smem_size":
                Fill(launch.SharedBytes);
                break;
            case "WARP_SZ":
                Fill(Lanes.Count);
                break;
            case "%smid" or "%gridid":
                Fill(0); // one multiprocessor, one grid at a time
                break;
            default:
                throw new InvalidOperationException($"special register {name} has no value");
        }

        void Fill(int value) => Lanes.Fill(constants + offset, bytes, (ulong)value);

        void PerLane(Func<int, uint> value)
        {
            for (int lane = 0; lane < Lanes.Count; lane++)
                ((uint*)(constants + offset))[lane] = value(lane);
        }
    }

    private static int Axis(Dim3 extent, int axis) => axis == 0 ? extent.X : axis == 1 ? extent.Y : extent.Z;
}
