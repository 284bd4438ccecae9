using GpuSer.Cuda;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Counters;

/// <summary>Sums the counters of launches by kernel and shape, in the order of their first launch.</summary>
internal sealed class CounterLog
{
    private readonly Dictionary<(string Kernel, Dim3 Grid, Dim3 Block, int Shared), int> _places = [];
    private readonly List<KernelCounters> _counters = [];

    public IReadOnlyList<KernelCounters> Snapshot() => [.. _counters];

    public void Reset()
    {
        _places.Clear();
        _counters.Clear();
    }

    /// <summary>Adds one launch.</summary>
    public void Add(LaunchState launch, IReadOnlyList<BlockState> workers)
    {
        KernelCounters counters = Merge(launch, workers);
        var key = (counters.Kernel, counters.Grid, counters.Block, counters.DynamicSharedBytes);
        if (_places.TryGetValue(key, out int place))
            _counters[place] = _counters[place].Add(counters);
        else
        {
            _places[key] = _counters.Count;
            _counters.Add(counters);
        }
    }

    private static KernelCounters Merge(LaunchState launch, IReadOnlyList<BlockState> workers)
    {
        KernelCode code = launch.Code;
        var mix = default(InstructionMix);
        long lanes = 0;
        for (int block = 0; block < code.Blocks.Length; block++)
        {
            mix = mix.Add(code.Mix[block], workers.Sum(w => w.Counters.BlockExecutions[block]));
            lanes += code.Mix[block].Total * workers.Sum(w => w.Counters.BlockLanes[block]);
        }

        long read = 0;
        long written = 0;
        foreach (var range in launch.Map.Ranges.Where(r => r.IsTouched))
        {
            (long rangeRead, long rangeWritten) = range.TakeSectors();
            read += rangeRead;
            written += rangeWritten;
        }

        return new()
        {
            Kernel = code.Name,
            Grid = launch.Grid,
            Block = launch.Block,
            DynamicSharedBytes = launch.DynamicSharedBytes,
            StaticSharedBytes = code.Signature.StaticSharedBytes,
            LocalBytes = code.Signature.LocalBytes,
            LiveRegisters = code.PeakRegisters,
            Launches = 1,
            Instructions = mix,
            LaneInstructions = lanes,
            Branches = Sum(c => c.Branches),
            DivergentBranches = Sum(c => c.DivergentBranches),
            Barriers = Sum(c => c.Barriers),
            GlobalLoads = Sum(c => c.GlobalLoads),
            GlobalStores = Sum(c => c.GlobalStores),
            UniformLoads = Sum(c => c.UniformLoads),
            Atomics = Sum(c => c.Atomics),
            LoadSectorsAsked = Sum(c => c.LoadSectorsAsked),
            LoadSectorsTouched = Sum(c => c.LoadSectorsTouched),
            StoreSectorsAsked = Sum(c => c.StoreSectorsAsked),
            StoreSectorsTouched = Sum(c => c.StoreSectorsTouched),
            DeviceSectorsRead = read,
            DeviceSectorsWritten = written,
            SharedAccesses = Sum(c => c.SharedAccesses),
            SharedWavefronts = Sum(c => c.SharedWavefronts),
            BankConflicts = Sum(c => c.SharedWavefronts - c.SharedWavefrontsIdeal),
        };

        long Sum(Func<WorkerCounters, long> count) => workers.Sum(w => count(w.Counters));
    }
}
