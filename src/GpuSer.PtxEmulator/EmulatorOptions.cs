namespace GpuSer.PtxEmulator;

/// <summary>How the emulator executes and what it checks besides what it always checks.</summary>
public sealed record EmulatorOptions
{
    /// <summary>Whether two threads touching one shared address without a barrier between are a fault. Slow.</summary>
    public bool DetectRaces { get; init; }

    /// <summary>Threads that execute blocks; all processors by default.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Basic blocks a warp may execute, on average over its block, before the launch counts as hanging.</summary>
    public long StepLimit { get; init; } = 100_000_000;

    /// <summary>
    /// Node of each graph, counted from 0 in the order of adding, that is executed as early as its dependencies allow: after what it waits
    /// for and before all else. Null, the default, executes in the order of adding. A dependency that a graph lacks shows in one of these
    /// orders, as a read of what nobody wrote yet or as another result.
    /// </summary>
    public int? EarlyGraphNode { get; init; }

    /// <summary>The device whose limits hold, and whose time is predicted.</summary>
    public GpuModel Gpu { get; init; } = GpuModel.H100;

    /// <summary>Checks all values.</summary>
    /// <exception cref="GpuSerException">Something is out of range; the message names all of it.</exception>
    internal void Validate()
    {
        string[] errors =
        [
            .. Workers < 1 ? [$"Workers is {Workers}, at least 1 is needed"] : Array.Empty<string>(),
            .. EarlyGraphNode < 0 ? [$"EarlyGraphNode is {EarlyGraphNode}, nodes are counted from 0"] : Array.Empty<string>(),
            .. StepLimit < 1 ? [$"StepLimit is {StepLimit}, at least 1 is needed"] : Array.Empty<string>(),
        ];
        if (errors.Length > 0)
            throw new GpuSerException("emulator options: " + string.Join("; ", errors));
    }
}
