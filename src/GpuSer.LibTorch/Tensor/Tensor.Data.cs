using System.Numerics;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements as .NET sees them; the accessor reads and writes torch's own memory.</summary>
        /// <exception cref="InvalidOperationException">The tensor is not on the CPU.</exception>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the tensor's element type.</exception>
        public Utils.TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            ValidateType(typeof(T));
            return new Utils.TensorAccessor<T>(this);
        }

        /// <summary>The one element of a tensor that has one.</summary>
        public T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException($"item() needs a tensor of one element; this one has {NumberOfElements}.");
            ValidateType(typeof(T));
            using var local = is_cpu() ? null : cpu().DetachFromDisposeScope();
            return Utils.TensorAccessor<T>.First(local ?? this);
        }

        public Scalar ToScalar()
        {
            var number = Aten.Number("item", this);
            return number.Tag switch
            {
                Tag.Double => BitConverter.Int64BitsToDouble(number.Bits),
                Tag.Bool => number.Bits != 0,
                Tag.Int => number.Bits,
                _ => throw new NotSupportedException($"A scalar of type {dtype} is not supported."),
            };
        }

        public Storage<T> storage<T>()
            where T : unmanaged
        {
            ValidateType(typeof(T));
            return new Storage<T>(this);
        }

        /// <summary>The memory of a contiguous CPU tensor. The span does not keep the tensor alive.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_contiguous() || !is_cpu()) throw new InvalidOperationException("bytes needs a contiguous tensor on the CPU.");
                return new Span<byte>((void*)DataPointer, checked((int)(NumberOfElements * ElementSize)));
            }

            set
            {
                var memory = bytes;
                if (memory.Length != value.Length) throw new ArgumentException($"The tensor has {memory.Length} bytes, not {value.Length}.");
                value.CopyTo(memory);
            }
        }

        /// <summary>The first element's address.</summary>
        internal nint DataPointer
        {
            get
            {
                Native.Check(Native.Storage(Handle, out nint pointer, out _));
                var info = Info;
                return pointer + (nint)(info.StorageOffset * info.ElementSize);
            }
        }

        internal static ScalarType TypeOf(Type type) => Type.GetTypeCode(type) switch
        {
            TypeCode.Byte => ScalarType.Byte,
            TypeCode.SByte => ScalarType.Int8,
            TypeCode.Int16 => ScalarType.Int16,
            TypeCode.Int32 => ScalarType.Int32,
            TypeCode.Int64 => ScalarType.Int64,
            TypeCode.Single => ScalarType.Float32,
            TypeCode.Double => ScalarType.Float64,
            TypeCode.Boolean => ScalarType.Bool,
            _ when type == typeof(Half) => ScalarType.Float16,
            _ when type == typeof(Complex) => ScalarType.ComplexFloat64,
            _ when type == typeof((float, float)) => ScalarType.ComplexFloat32,
            _ => throw new ArgumentException($"{type.Name} is not an element type of tensors."),
        };

        private void ValidateType(Type type)
        {
            if (TypeOf(type) != dtype) throw new ArgumentException($"{type.Name} is not compatible with {dtype}");
        }
    }
}
