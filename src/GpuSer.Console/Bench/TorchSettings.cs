namespace GpuSer.Console.Bench;

/// <summary>The environment that PyTorch's step runs in: its own, or what our step has, so that nobody need wonder what the settings alone are worth.</summary>
/// <param name="Name">For people.</param>
/// <param name="Variables">What is set; null for what is taken away.</param>
internal sealed record TorchSettings(string Name, IReadOnlyDictionary<string, string?> Variables)
{
    private const string Waiting = "OMP_WAIT_POLICY", Heap = "GLIBC_TUNABLES";

    /// <summary>As PyTorch comes.</summary>
    public static TorchSettings ItsOwn { get; } = new("its own settings", new Dictionary<string, string?> { [Waiting] = null, [Heap] = null });

    /// <summary>Threads wait as ours do, and freed memory is kept, as training keeps it.</summary>
    public static TorchSettings Ours { get; } = new("our settings", new Dictionary<string, string?>
    {
        [Waiting] = Environment.GetEnvironmentVariable(Waiting),
        [Heap] = $"glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold={long.MaxValue}",
    });
}
