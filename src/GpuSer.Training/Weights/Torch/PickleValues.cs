namespace GpuSer.Training.Weights.Torch;

// What a pickle's values become. None is null; the others are string, long, double, bool, and Int128 where a long is too small.
// Nothing here is compared or printed by its contents: a hostile pickle may nest or repeat them without end.

/// <summary>A tuple.</summary>
internal sealed class PickleTuple(object?[] items)
{
    public object?[] Items { get; } = items;
}

/// <summary>A list.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}

/// <summary>A dict or an OrderedDict, in the order of insertion.</summary>
internal sealed class PickleDict
{
    public List<(object? Key, object? Value)> Items { get; } = [];

    /// <summary>The last value under a name; null where there is none.</summary>
    public object? Find(string name) => Items.FindLast(item => item.Key is string key && key == name).Value;
}

/// <summary>A class or function that a pickle names; of the few that are admitted.</summary>
/// <param name="Name">Its module and name.</param>
/// <param name="Kind">What it is good for.</param>
/// <param name="Type">Element type of a storage's class.</param>
internal sealed record PickleGlobal(string Name, GlobalKind Kind, SafetensorsType Type = default);

/// <summary>What an admitted class or function does.</summary>
internal enum GlobalKind
{
    /// <summary><c>collections.OrderedDict</c>.</summary>
    OrderedDict,

    /// <summary><c>torch._utils._rebuild_tensor</c>, of PyTorch before 0.4, as torchvision's oldest files have it.</summary>
    Tensor,

    /// <summary><c>torch._utils._rebuild_tensor_v2</c>.</summary>
    TensorV2,

    /// <summary><c>torch._utils._rebuild_parameter</c> and <c>torch.nn.parameter.Parameter</c>.</summary>
    Parameter,

    /// <summary><c>torch.Size</c>.</summary>
    Size,

    /// <summary><c>torch.FloatStorage</c> and others.</summary>
    Storage,

    /// <summary><c>torch.FloatTensor</c> and others, of PyTorch before 0.1.10: made empty, then given its storage.</summary>
    TensorClass,
}

/// <summary>A run of elements in the file that tensors lie in.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Count">Elements that the pickle promises.</param>
internal sealed record TorchStorage(string Key, SafetensorsType Type, long Count)
{
    /// <summary>Where it lies; found after the pickle is read.</summary>
    public FileRegion? Region { get; set; }

    /// <summary>CRC-32 that the archive gives; null in the legacy format, and once it was found right.</summary>
    public uint? Crc { get; set; }
}

/// <summary>A tensor as a pickle describes it. Counts are in elements.</summary>
internal sealed class TorchTensor
{
    public TorchStorage? Storage { get; set; }

    public long Offset { get; set; }

    public long[] Shape { get; set; } = [];

    public long[] Strides { get; set; } = [];
}

/// <summary>A storage seen through a window, as the legacy format has it: the tensor's offset counts from the window's first element.</summary>
internal sealed record TorchStorageView(TorchStorage Storage, long Offset, long Count);
