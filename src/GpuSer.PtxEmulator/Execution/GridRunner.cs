using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Execution;

/// <summary>Executes a grid's blocks on several workers.</summary>
internal static class GridRunner
{
    /// <summary>
    /// Runs all blocks of a launch and returns the workers' states. Blocks start in order of their index, so a block may
    /// wait for an earlier one, and of several faults the earliest block's is raised, whatever the workers' timing.
    /// </summary>
    public static IReadOnlyList<BlockState> Run(LaunchState launch)
    {
        long blocks = launch.Grid.Count;
        var states = new List<BlockState>();
        long next = -1;
        long failed = long.MaxValue;
        Exception? fault = null;
        var gate = new Lock();

        void Work(BlockState state)
        {
            while (true)
            {
                long block = Interlocked.Increment(ref next);
                if (block >= blocks || block > Volatile.Read(ref failed))
                    return;
                try
                {
                    state.Run(block);
                }
                catch (CudaException error)
                {
                    lock (gate)
                    {
                        if (block < failed)
                            (failed, fault) = (block, error);
                    }
                }
            }
        }

        int workers = (int)Math.Min(launch.Options.Workers, blocks);
        for (int w = 0; w < workers; w++)
            states.Add(new(launch));
        if (workers == 1)
            Work(states[0]);
        else
            Parallel.ForEach(states, new ParallelOptions { MaxDegreeOfParallelism = workers }, Work);
        if (fault is null)
            return states;
        foreach (BlockState state in states)
            state.Dispose();
        throw fault;
    }
}
