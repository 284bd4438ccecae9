using System.Reflection;
using GpuSer.PtxEmulator.Execution;

namespace GpuSer.PtxEmulator.Decoding;

/// <summary>Makes instructions of generic classes whose type arguments are known only from the PTX.</summary>
internal static class Factory
{
    /// <summary>The .NET type of a PTX type: signed, unsigned (bits too) or floating.</summary>
    public static Type TypeOf(string type) => type switch
    {
        "s8" => typeof(sbyte),
        "u8" or "b8" => typeof(byte),
        "s16" => typeof(short),
        "u16" or "b16" => typeof(ushort),
        "s32" => typeof(int),
        "u32" or "b32" or "f16x2" => typeof(uint),
        "s64" => typeof(long),
        "u64" or "b64" => typeof(ulong),
        "f16" => typeof(Half),
        "f32" => typeof(float),
        "f64" => typeof(double),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such PTX type"),
    };

    /// <summary>The same size, without a sign.</summary>
    public static Type UnsignedOf(string type) => Cuda.Ptx.PtxTypes.SizeOf(type) switch
    {
        1 => typeof(byte),
        2 => typeof(ushort),
        4 => typeof(uint),
        _ => typeof(ulong),
    };

    /// <summary>Closes <paramref name="instruction"/> over its type arguments and makes one.</summary>
    public static WarpInstruction Create(Type instruction, Type[] typeArguments, params object?[] arguments) =>
        (WarpInstruction)Activator.CreateInstance(
            instruction.MakeGenericType(typeArguments), BindingFlags.Instance | BindingFlags.Public, null, arguments, null)!;

    /// <summary>Closes a generic type, or returns a closed one as it is.</summary>
    public static Type Close(Type open, params Type[] arguments) =>
        open.IsGenericTypeDefinition ? open.MakeGenericType(arguments) : open;
}
