using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The memory that a tensor and its views share.</summary>
    public abstract class Storage
    {
        protected internal Storage(Tensor tensor) => Tensor = tensor;

        private protected Tensor Tensor { get; }

        /// <summary>The address of the storage's first byte, on the tensor's device; a view starts <c>storage_offset()</c> elements on.</summary>
        public IntPtr data_ptr()
        {
            Native.Check(Native.Storage(Tensor.Handle, out nint pointer, out _));
            return pointer;
        }

        public ulong nbytes()
        {
            Native.Check(Native.Storage(Tensor.Handle, out _, out ulong bytes));
            return bytes;
        }

        public abstract int element_size();
    }

    public sealed class Storage<T> : Storage
        where T : unmanaged
    {
        internal Storage(Tensor tensor)
            : base(tensor)
        {
        }

        public int Count => checked((int)(nbytes() / (ulong)element_size()));

        public Device device => Tensor.device;

        public override int element_size() => (int)Tensor.ElementSize;
    }
}
