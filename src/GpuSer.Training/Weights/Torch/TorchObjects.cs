using System.Text.RegularExpressions;
using GpuSer.IO;

namespace GpuSer.Training.Weights.Torch;

/// <summary>
/// The classes and functions that a state dict of tensors may name, done in C#: they describe where tensors lie and touch nothing else. All
/// others are refused by their names.
/// </summary>
internal sealed partial class TorchObjects(string path)
{
    private static readonly Dictionary<string, PickleGlobal> Admitted = Globals().ToDictionary(global => global.Name, StringComparer.Ordinal);

    private readonly Dictionary<string, TorchStorage> _storages = new(StringComparer.Ordinal);
    private int _pairs;

    /// <summary>The storages that were named, by their keys.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => _storages;

    /// <summary>A class or function by its name.</summary>
    /// <exception cref="InvalidFileException">It is none that a state dict needs.</exception>
    public PickleGlobal Global(string module, string name) => Admitted.TryGetValue($"{module}.{name}", out PickleGlobal? global)
        ? global
        : throw new InvalidFileException(
            path,
            $"its pickle asks for '{ShortText.Of(module)}.{ShortText.Of(name)}', which a state dict of float or int64 tensors does not need and which could run anything, so it is not "
            + "read; take the published file, or save the tensors alone with torch.save(model.state_dict(), FILE)");

    /// <summary>What a class or function gives for its arguments.</summary>
    public object Make(PickleGlobal global, object?[] arguments)
    {
        switch (global.Kind)
        {
            case GlobalKind.OrderedDict when arguments.Length == 0:
                return new PickleDict();
            case GlobalKind.OrderedDict when arguments is [PickleList pairs]:
                return Dict(pairs);
            case GlobalKind.Size when arguments is [PickleTuple size]:
                return size;
            case GlobalKind.Tensor when arguments.Length == 4:
            case GlobalKind.TensorV2 when arguments.Length == 6:
            // The seventh says whether elements stand for their negatives: PyTorch writes it only where they do.
            case GlobalKind.TensorV2 when arguments.Length == 7 && arguments[6] is null or PickleDict { Items.Count: 0 }:
                TorchTensor tensor = new();
                Place(tensor, arguments);
                return tensor;
            case GlobalKind.Parameter when arguments.Length is >= 1 and <= 3 && arguments[0] is TorchTensor data:
                return data;
            case GlobalKind.TensorClass when arguments.Length == 0:
                return new TorchTensor();
            default:
                throw Damaged($"calls {global.Name} with other arguments than it takes");
        }
    }

    /// <summary>Gives an object its state.</summary>
    public void Build(object? target, object? state)
    {
        if (target is TorchTensor { Storage: null } tensor && state is PickleTuple { Items: { Length: 4 } place })
        {
            Place(tensor, place);
        }
        else if (target is not (PickleDict or TorchTensor { Storage: not null }))
        {
            throw Damaged("gives a state to what has none");
        }

        // Otherwise it is the versions that modules keep with their state dict, or a parameter's flags: neither matters here.
    }

    /// <summary>The storage that a persistent identifier names.</summary>
    public object Persistent(object? identifier)
    {
        if (identifier is not PickleTuple { Items: { Length: 5 or 6 } id } || id is not ["storage", PickleGlobal { Kind: GlobalKind.Storage } type, string key, string location, long count, ..])
        {
            throw Damaged(identifier is PickleTuple { Items: ["module", ..] } ? "holds a whole module, not a state dict" : "names a storage in a way that is none");
        }

        if (count < 0 || count > long.MaxValue / type.Type.Width())
        {
            throw Damaged($"gives storage '{ShortText.Of(key)}' the impossible count of {count} elements");
        }

        if (!Device().IsMatch(location))
        {
            throw Damaged($"puts storage '{ShortText.Of(key)}' on '{ShortText.Of(location)}', which is no device that keeps data");
        }

        TorchStorage storage = new(key, type.Type, count);
        if (!_storages.TryAdd(key, storage) && _storages[key] is var known)
        {
            storage = known.Type == type.Type && known.Count == count
                ? known
                : throw Damaged($"describes storage '{ShortText.Of(key)}' twice and differently");
        }

        return id.Length == 5 || id[5] is null ? storage
            : id[5] is PickleTuple { Items: [string, long offset, long length] } && offset >= 0 && length >= 0 && length <= count - offset
                ? new TorchStorageView(storage, offset, length)
                : throw Damaged($"shows a part of storage '{ShortText.Of(key)}' that does not lie in it");
    }

    private void Place(TorchTensor tensor, object?[] arguments)
    {
        (TorchStorage? storage, long start, long count) = arguments[0] switch
        {
            TorchStorage whole => (whole, 0, whole.Count),
            TorchStorageView view => (view.Storage, view.Offset, view.Count),
            _ => (null, 0, 0),
        };
        if (storage is null || arguments[1] is not long offset || Numbers(arguments[2]) is not { } shape || Numbers(arguments[3]) is not { } strides)
        {
            throw Damaged("describes a tensor by other than storage, offset, shape and strides");
        }

        if (offset < 0 || shape.Length != strides.Length || !TensorLayout.Fits(shape, strides, offset, count))
        {
            throw Damaged(
                $"places a tensor of shape ({string.Join(", ", shape.Take(8))}) and strides ({string.Join(", ", strides.Take(8))}) at {offset}, outside its storage of {count:N0} elements");
        }

        (tensor.Storage, tensor.Offset, tensor.Shape, tensor.Strides) = (storage, start + offset, shape, strides);
    }

    private static long[]? Numbers(object? value) =>
        value is PickleTuple { Items.Length: <= TensorLayout.MostDimensions } tuple && tuple.Items.All(item => item is long) ? [.. tuple.Items.Select(item => (long)item!)] : null;

    /// <summary>Python 2 gives an OrderedDict its entries as a list of pairs.</summary>
    private PickleDict Dict(PickleList pairs)
    {
        // One list may be made a dict again and again, so this is no longer one small object an instruction.
        _pairs += pairs.Items.Count;
        if (_pairs > PickleReader.MostInstructions)
        {
            throw Damaged("makes ever more of what it holds");
        }

        PickleDict dict = new();
        foreach (object? pair in pairs.Items)
        {
            dict.Items.Add(pair switch
            {
                PickleList { Items: [var key, var value] } => (key, value),
                PickleTuple { Items: [var key, var value] } => (key, value),
                _ => throw Damaged("makes an OrderedDict of other than pairs"),
            });
        }

        return dict;
    }

    private static IEnumerable<PickleGlobal> Globals()
    {
        yield return new PickleGlobal("collections.OrderedDict", GlobalKind.OrderedDict);
        yield return new PickleGlobal("torch._utils._rebuild_tensor", GlobalKind.Tensor);
        yield return new PickleGlobal("torch._utils._rebuild_tensor_v2", GlobalKind.TensorV2);
        yield return new PickleGlobal("torch._utils._rebuild_parameter", GlobalKind.Parameter);
        yield return new PickleGlobal("torch.nn.parameter.Parameter", GlobalKind.Parameter);
        yield return new PickleGlobal("torch.Size", GlobalKind.Size);
        foreach ((string name, SafetensorsType type) in ((string, SafetensorsType)[])
        [
            ("Float", SafetensorsType.F32), ("Half", SafetensorsType.F16), ("BFloat16", SafetensorsType.BF16), ("Double", SafetensorsType.F64), ("Long", SafetensorsType.I64),
        ])
        {
            yield return new PickleGlobal($"torch.{name}Storage", GlobalKind.Storage, type);
            yield return new PickleGlobal($"torch.{name}Tensor", GlobalKind.TensorClass);
        }
    }

    private InvalidFileException Damaged(string problem) => new(path, $"its pickle {problem}; it is damaged, or holds other than a state dict of tensors");

    // Where a tensor was when it was saved; its data are in the file all the same, except those of the device "meta", which has none.
    [GeneratedRegex("^(?!meta)[a-z_]{1,20}(:[0-9]{1,4})?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Device();
}
