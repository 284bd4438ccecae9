using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long Dimensions => Info.Dimensions;

        public long ndim => Info.Dimensions;

        public long NumberOfElements => Info.Elements;

        public long ElementSize => Info.ElementSize;

        public ScalarType dtype => (ScalarType)Info.ScalarType;

        public DeviceType device_type => (DeviceType)Info.DeviceType;

        public int device_index => Info.DeviceIndex;

        public Device device
        {
            get
            {
                var info = Info;
                return new Device((DeviceType)info.DeviceType, info.DeviceIndex);
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_sparse => Info.IsSparse != 0;

        public bool is_leaf => Info.IsLeaf != 0;

        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[Info.Dimensions];
                fixed (long* start = sizes) Native.Check(Native.Shape(Handle, start, null));
                GC.KeepAlive(this);
                return sizes;
            }
        }

        private TensorInfo Info
        {
            get
            {
                Native.Check(Native.Info(Handle, out var info));
                GC.KeepAlive(this);
                return info;
            }
        }

        public long dim() => Info.Dimensions;

        public long numel() => Info.Elements;

        public long element_size() => Info.ElementSize;

        public long storage_offset() => Info.StorageOffset;

        public long[] size() => shape;

        public long size(int dim) => shape[Wrap(dim)];

        public unsafe long[] stride()
        {
            long dimensions = Info.Dimensions;
            long[] sizes = new long[dimensions], strides = new long[dimensions];
            fixed (long* first = sizes, second = strides) Native.Check(Native.Shape(Handle, first, second));
            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim) => stride()[Wrap(dim)];

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public bool is_contiguous()
        {
            bool contiguous = Native.Check(Native.IsContiguous(Handle)) != 0;
            GC.KeepAlive(this);
            return contiguous;
        }

        // Negative dimensions count from the end, as everywhere in torch.
        private int Wrap(int dim) => dim < 0 ? dim + (int)Info.Dimensions : dim;
    }
}
