using System.Collections.Concurrent;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// Runs ATen operators by schema name ("add.Tensor"). Arguments go in the schema's order; those left off at the end take
/// the schema's defaults. Names are resolved once; a call allocates nothing but its results.
/// </summary>
internal static unsafe class Aten
{
    private const int ScratchOnStack = 64;

    private static readonly ConcurrentDictionary<string, nint> Operators = new();

    /// <summary>An operator that gives one tensor.</summary>
    internal static Tensor Call(string name, params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        Invoke(name, arguments, &result, 1);
        return Tensor.Adopt((nint)result.Bits);
    }

    /// <summary>An operator whose result is one of its arguments, or nothing.</summary>
    internal static void InPlace(string name, params ReadOnlySpan<Value> arguments) => Invoke(name, arguments, null, 0);

    /// <summary>An operator that gives two tensors.</summary>
    internal static (Tensor, Tensor) Pair(string name, params ReadOnlySpan<Value> arguments)
    {
        NativeValue* results = stackalloc NativeValue[2];
        Invoke(name, arguments, results, 2);
        return (Tensor.Adopt((nint)results[0].Bits), Tensor.Adopt((nint)results[1].Bits));
    }

    /// <summary>An operator that gives a list of tensors.</summary>
    internal static Tensor[] List(string name, params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        Invoke(name, arguments, &result, 1);
        nint* handles = (nint*)result.Bits;
        var tensors = new Tensor[result.Count];
        for (int i = 0; i < tensors.Length; i++) tensors[i] = Tensor.Adopt(handles[i]);
        Native.FreeList(handles);
        return tensors;
    }

    /// <summary>An operator that gives a truth value.</summary>
    internal static bool Truth(string name, params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        Invoke(name, arguments, &result, 1);
        return result.Bits != 0;
    }

    /// <summary>An operator that gives a number: its tag says which kind.</summary>
    internal static NativeValue Number(string name, params ReadOnlySpan<Value> arguments)
    {
        NativeValue result;
        Invoke(name, arguments, &result, 1);
        return result;
    }

    private static void Invoke(string name, ReadOnlySpan<Value> arguments, NativeValue* results, int capacity)
    {
        if (!Operators.TryGetValue(name, out nint op)) op = Resolve(name);

        int words = 0;
        foreach (ref readonly Value argument in arguments) words += WordsFor(argument);
        Span<long> scratch = words <= ScratchOnStack ? stackalloc long[ScratchOnStack] : new long[words];
        NativeValue* natives = stackalloc NativeValue[arguments.Length];
        fixed (long* start = scratch)
        {
            long* free = start;
            for (int i = 0; i < arguments.Length; i++) natives[i] = Marshal(arguments[i], ref free);
            Native.Check(Native.Call(op, natives, arguments.Length, results, capacity));
        }

        // Until here a finalizer could have taken a tensor that only its handle still stood for.
        foreach (ref readonly Value argument in arguments) GC.KeepAlive(argument.Reference);
    }

    private static nint Resolve(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string baseName = "aten::" + (dot < 0 ? name : name[..dot]);
        Native.Check(Native.Operator(baseName, dot < 0 ? "" : name[(dot + 1)..], out nint op));
        return Operators[name] = op;
    }

    private static int WordsFor(in Value value) => value.Tag switch
    {
        Tag.IntList or Tag.DoubleList or Tag.Complex or Tag.TensorList or Tag.OptionalTensorList => value.Count,
        Tag.String => Encoding.UTF8.GetByteCount((string)value.Reference!) / sizeof(long) + 1,
        _ => 0,
    };

    private static NativeValue Marshal(in Value value, ref long* free)
    {
        var native = new NativeValue { Tag = value.Tag, Count = value.Count, Bits = value.Bits };
        switch (value.Tag)
        {
            case Tag.IntList:
                ((long[])value.Reference!).CopyTo(new Span<long>(free, value.Count));
                break;
            case Tag.DoubleList:
            case Tag.Complex:
                ((double[])value.Reference!).CopyTo(new Span<double>(free, value.Count));
                break;
            case Tag.TensorList:
            case Tag.OptionalTensorList:
                var tensors = (Tensor?[])value.Reference!;
                for (int i = 0; i < tensors.Length; i++) free[i] = tensors[i]?.Handle ?? 0;
                break;
            case Tag.String:
                native.Count = Encoding.UTF8.GetBytes((string)value.Reference!, new Span<byte>(free, WordsFor(value) * sizeof(long)));
                break;
            default:
                return native;
        }

        native.Bits = (long)(nint)free;
        free += WordsFor(value);
        return native;
    }
}
