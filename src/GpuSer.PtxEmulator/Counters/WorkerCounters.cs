namespace GpuSer.PtxEmulator.Counters;

/// <summary>What one worker counts while it executes blocks of a launch; merged when the launch ends.</summary>
internal sealed class WorkerCounters(int basicBlocks)
{
    public long[] BlockExecutions { get; } = new long[basicBlocks];

    public long[] BlockLanes { get; } = new long[basicBlocks];

    public long Branches;
    public long DivergentBranches;
    public long Barriers;
    public long GlobalLoads;
    public long GlobalStores;
    public long UniformLoads;
    public long LoadSectorsAsked;
    public long LoadSectorsTouched;
    public long StoreSectorsAsked;
    public long StoreSectorsTouched;
    public long SharedAccesses;
    public long SharedWavefronts;
    public long SharedWavefrontsIdeal;
    public long Atomics;
}
