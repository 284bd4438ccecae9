using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Counters;

/// <summary>
/// What a kernel did over all its launches of one shape. Counts are exact and the same in each run, except where a kernel's own
/// control flow depends on the order of atomics.
/// </summary>
public sealed record KernelCounters
{
    /// <summary>Entry point.</summary>
    public required string Kernel { get; init; }

    /// <summary>Extent of the grid in blocks.</summary>
    public required Dim3 Grid { get; init; }

    /// <summary>Extent of a block in threads.</summary>
    public required Dim3 Block { get; init; }

    /// <summary>Shared memory that the launch asked for, in bytes a block.</summary>
    public required int DynamicSharedBytes { get; init; }

    /// <summary>Shared memory that the kernel declares, in bytes a block.</summary>
    public required int StaticSharedBytes { get; init; }

    /// <summary>Local memory that the kernel declares, in bytes a thread.</summary>
    public required int LocalBytes { get; init; }

    /// <summary>Estimate of 32-bit registers a thread needs: the most that are live at once by the PTX's live ranges.</summary>
    public required int LiveRegisters { get; init; }

    /// <summary>Number of launches; all other counts are sums over them.</summary>
    public long Launches { get; init; }

    /// <summary>Warp instructions by class.</summary>
    public InstructionMix Instructions { get; init; }

    /// <summary>Instructions times the lanes that executed them.</summary>
    public long LaneInstructions { get; init; }

    /// <summary>Conditional branches executed by warps.</summary>
    public long Branches { get; init; }

    /// <summary>Those of them whose lanes went several ways.</summary>
    public long DivergentBranches { get; init; }

    /// <summary>Barriers of the block, counted once for each warp that met one.</summary>
    public long Barriers { get; init; }

    /// <summary>Requests of warps that load from global memory, uniform ones apart.</summary>
    public long GlobalLoads { get; init; }

    /// <summary>Requests of warps that store to global memory.</summary>
    public long GlobalStores { get; init; }

    /// <summary>Loads from global memory in which all active lanes have one address.</summary>
    public long UniformLoads { get; init; }

    /// <summary>Requests of warps for atomics and reductions in global memory.</summary>
    public long Atomics { get; init; }

    /// <summary>Sectors of 32 bytes that loads need: the distinct bytes of each request, in whole sectors.</summary>
    public long LoadSectorsAsked { get; init; }

    /// <summary>Distinct sectors of each load request, summed.</summary>
    public long LoadSectorsTouched { get; init; }

    /// <summary>Sectors that stores and atomics need.</summary>
    public long StoreSectorsAsked { get; init; }

    /// <summary>Distinct sectors of each store or atomic request, summed.</summary>
    public long StoreSectorsTouched { get; init; }

    /// <summary>Distinct sectors the whole launch read.</summary>
    public long DeviceSectorsRead { get; init; }

    /// <summary>Distinct sectors the whole launch wrote.</summary>
    public long DeviceSectorsWritten { get; init; }

    /// <summary>Requests of warps for shared memory.</summary>
    public long SharedAccesses { get; init; }

    /// <summary>Passes those take.</summary>
    public long SharedWavefronts { get; init; }

    /// <summary>Passes beyond the fewest that accesses of their size can take.</summary>
    public long BankConflicts { get; init; }

    /// <summary>Blocks in the grid.</summary>
    public long Blocks => Grid.Count;

    /// <summary>Distinct 32-byte sectors read, plus those written, times 32.</summary>
    public long DeviceBytes => (DeviceSectorsRead + DeviceSectorsWritten) * 32;

    /// <summary>Sectors asked for over sectors touched, loads and stores together, uniform loads apart; 1 where there are none.</summary>
    public double UsefulSectorShare => Share(LoadSectorsAsked + StoreSectorsAsked, LoadSectorsTouched + StoreSectorsTouched, 1);

    /// <summary>Bank conflicts over shared accesses; 0 where there are none.</summary>
    public double BankConflictShare => Share(BankConflicts, SharedAccesses, 0);

    /// <summary>These counts and those of other launches of the same shape.</summary>
    public KernelCounters Add(KernelCounters other) => this with
    {
        Launches = Launches + other.Launches,
        Instructions = Instructions.Add(other.Instructions),
        LaneInstructions = LaneInstructions + other.LaneInstructions,
        Branches = Branches + other.Branches,
        DivergentBranches = DivergentBranches + other.DivergentBranches,
        Barriers = Barriers + other.Barriers,
        GlobalLoads = GlobalLoads + other.GlobalLoads,
        GlobalStores = GlobalStores + other.GlobalStores,
        UniformLoads = UniformLoads + other.UniformLoads,
        Atomics = Atomics + other.Atomics,
        LoadSectorsAsked = LoadSectorsAsked + other.LoadSectorsAsked,
        LoadSectorsTouched = LoadSectorsTouched + other.LoadSectorsTouched,
        StoreSectorsAsked = StoreSectorsAsked + other.StoreSectorsAsked,
        StoreSectorsTouched = StoreSectorsTouched + other.StoreSectorsTouched,
        DeviceSectorsRead = DeviceSectorsRead + other.DeviceSectorsRead,
        DeviceSectorsWritten = DeviceSectorsWritten + other.DeviceSectorsWritten,
        SharedAccesses = SharedAccesses + other.SharedAccesses,
        SharedWavefronts = SharedWavefronts + other.SharedWavefronts,
        BankConflicts = BankConflicts + other.BankConflicts,
    };

    private static double Share(long part, long whole, double none) => whole == 0 ? none : (double)part / whole;
}
