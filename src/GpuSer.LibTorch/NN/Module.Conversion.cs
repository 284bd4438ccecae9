namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Convert(device, dtype, non_blocking);

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => Convert(new Device(deviceType, deviceIndex), null, non_blocking);

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Convert(null, dtype, non_blocking);

            protected internal virtual Module _to(Tensor other, bool non_blocking) => _to(other.device, other.dtype, non_blocking);

            // Parameters and buffers keep their identity, so that optimizers and fields still see them. As in torch, only
            // floating-point tensors change their type.
            private Module Convert(Device? device, ScalarType? dtype, bool non_blocking)
            {
                if (device is not null) InitializeDevice(device);
                using var mode = no_grad();
                foreach (var parameter in parameters())
                {
                    parameter.grad = null;
                    bool requires_grad = parameter.requires_grad;
                    Convert(parameter, device, dtype, non_blocking);
                    parameter.requires_grad = requires_grad;
                }

                foreach (var buffer in buffers()) Convert(buffer, device, dtype, non_blocking);
                return this;
            }

            private static void Convert(Tensor tensor, Device? device, ScalarType? dtype, bool non_blocking)
            {
                var type = tensor.is_floating_point() ? dtype ?? tensor.dtype : tensor.dtype;
                var converted = tensor.to(type, device ?? tensor.device, non_blocking: non_blocking);
                if (converted.Handle != tensor.Handle)
                    tensor.Replace(converted.detach_());
                else
                    converted.Dispose();
            }
        }
    }
}
