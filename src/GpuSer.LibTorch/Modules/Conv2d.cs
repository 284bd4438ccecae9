using TorchSharp.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], [padding, padding], null, [dilation, dilation], groups, bias, padding_mode, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, Sizes.Of(kernel_size), Sizes.Of(stride ?? (1, 1)), Sizes.Of(padding ?? (0, 0)), null, Sizes.Of(dilation ?? (1, 1)), groups, bias, padding_mode, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], null, padding, [dilation, dilation], groups, bias, padding_mode, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, Padding padding, (long, long)? stride = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, Sizes.Of(kernel_size), Sizes.Of(stride ?? (1, 1)), null, padding, Sizes.Of(dilation ?? (1, 1)), groups, bias, padding_mode, device, dtype);
        }
    }
}

namespace TorchSharp.Modules
{
    public sealed class Conv2d : Convolution
    {
        internal Conv2d(long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, Padding? padding_type, long[] dilation, long groups, bool bias, PaddingModes padding_mode, Device? device, ScalarType? dtype)
            : base(nameof(Conv2d), in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, false, [0, 0], groups, bias, padding_mode, device, dtype)
        {
        }

        public override Tensor forward(Tensor input)
        {
            if (padding_mode is PaddingModes.Zeros or PaddingModes.Constant)
            {
                return padding_type is { } byName
                    ? nn.functional.conv2d_padding(input, weight, bias, stride, byName, dilation, groups)
                    : nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
            }

            using var padded = Aten.Call("pad", input, Edges(), padding_mode.ToString().ToLowerInvariant()).DetachFromDisposeScope();
            return nn.functional.conv2d(padded, weight, bias, stride, [0, 0], dilation, groups);
        }

        // Left, right, top, bottom. "Same" pads the odd one at the end, as torch does.
        private long[] Edges()
        {
            if (padding is { } p) return [p[1], p[1], p[0], p[0]];
            if (padding_type != Padding.Same) return [0, 0, 0, 0];
            long across = dilation[1] * (kernel_size[1] - 1), down = dilation[0] * (kernel_size[0] - 1);
            return [across / 2, across - across / 2, down / 2, down - down / 2];
        }
    }
}
