using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor with a copy of the array's elements, of the array's shape.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => FromArray(rawArray, null, device, false, null);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null) => FromArray(rawArray, dtype, device, requires_grad, names);

    /// <summary>A tensor over the array's own memory, which stays pinned until the last view of it is gone.</summary>
    /// <remarks><c>count</c> elements after the first <c>offset</c>; -1 stands for all of them.</remarks>
    public static unsafe Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        if (Tensor.TypeOf(rawArray.GetType().GetElementType()!) != dtype) throw new ArgumentException($"The array's elements are not {dtype}.", nameof(dtype));
        if (count < 0) count = rawArray.LongLength - offset;
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + count, rawArray.LongLength, nameof(count));

        var pin = GCHandle.Alloc(rawArray, GCHandleType.Pinned);
        nint start = pin.AddrOfPinnedObject() + (nint)(offset * dtype.ElementSize());
        int result = Native.FromBlob(start, &count, 1, (int)dtype, &Unpin, GCHandle.ToIntPtr(pin), out nint handle);
        if (result < 0) pin.Free();
        Native.Check(result);
        return Finish(Tensor.Adopt(handle), requires_grad);
    }

    internal static unsafe Tensor FromSpan<T>(ReadOnlySpan<T> elements, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged
    {
        long count = 1;
        foreach (long dimension in shape) count *= dimension;
        if (count != elements.Length) throw new ArgumentException($"{elements.Length} elements do not fill the shape ({string.Join(", ", shape.ToArray())}).");

        var own = Tensor.TypeOf(typeof(T));
        var tensor = empty(shape, own);
        elements.CopyTo(new Span<T>((void*)tensor.DataPointer, elements.Length));
        return Finish(Moved(tensor, dtype ?? own, device), requires_grad, names);
    }

    private static Tensor Moved(Tensor tensor, ScalarType dtype, Device? device)
    {
        if (tensor.dtype == dtype && device is null or { type: DeviceType.CPU }) return tensor;
        using (tensor) return tensor.to(dtype, device ?? CPU);
    }

    private static Tensor FromArray(Array array, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        var type = Tensor.TypeOf(array.GetType().GetElementType()!);
        return type switch
        {
            ScalarType.Byte => FromArray<byte>(array, dtype, device, requires_grad, names),
            ScalarType.Int8 => FromArray<sbyte>(array, dtype, device, requires_grad, names),
            ScalarType.Int16 => FromArray<short>(array, dtype, device, requires_grad, names),
            ScalarType.Int32 => FromArray<int>(array, dtype, device, requires_grad, names),
            ScalarType.Int64 => FromArray<long>(array, dtype, device, requires_grad, names),
            ScalarType.Float16 => FromArray<Half>(array, dtype, device, requires_grad, names),
            ScalarType.Float32 => FromArray<float>(array, dtype, device, requires_grad, names),
            ScalarType.Float64 => FromArray<double>(array, dtype, device, requires_grad, names),
            ScalarType.Bool => FromArray<bool>(array, dtype, device, requires_grad, names),
            ScalarType.ComplexFloat32 => FromArray<(float, float)>(array, dtype, device, requires_grad, names),
            _ => FromArray<Complex>(array, dtype, device, requires_grad, names),
        };
    }

    private static Tensor FromArray<T>(Array array, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged
    {
        var shape = new long[array.Rank];
        for (int i = 0; i < shape.Length; i++) shape[i] = array.GetLongLength(i);
        var elements = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
        return FromSpan(elements, shape, dtype, device, requires_grad, names);
    }

    [UnmanagedCallersOnly]
    private static void Unpin(nint handle) => GCHandle.FromIntPtr(handle).Free();
}
