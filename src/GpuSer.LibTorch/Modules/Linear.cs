using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) => new(inputSize, outputSize, hasBias, device, dtype);

            public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary><c>y = x W^T + b</c>, weight <c>[out, in]</c>; both start uniform within <c>1 / sqrt(in)</c>, as in PyTorch.</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
            : base(nameof(Linear))
        {
            weight = new Parameter(empty(outputSize, inputSize, dtype, device));
            register_parameter(nameof(weight), weight);
            nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
            in_features = inputSize;
            out_features = outputSize;
            if (!hasBias) return;

            bias = new Parameter(empty(outputSize, dtype, device));
            register_parameter(nameof(bias), bias);
            double bound = 1 / Math.Sqrt(inputSize);
            nn.init.uniform_(bias, -bound, bound);
        }

        internal Linear(Parameter weight, Parameter? bias)
            : base(nameof(Linear))
        {
            this.weight = weight;
            this.bias = bias;
            register_parameter(nameof(weight), weight);
            if (bias is not null) register_parameter(nameof(bias), bias);
            in_features = weight.size(1);
            out_features = weight.size(0);
        }

        public Parameter weight { get; set; }

        public Parameter? bias { get; set; }

        public long in_features { get; set; }

        public long out_features { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);
    }
}
