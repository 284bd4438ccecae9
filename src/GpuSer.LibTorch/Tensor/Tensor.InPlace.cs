using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs_()
        {
            Aten.InPlace("abs_", this);
            return this;
        }

        public Tensor sqrt_()
        {
            Aten.InPlace("sqrt_", this);
            return this;
        }

        public Tensor rsqrt_()
        {
            Aten.InPlace("rsqrt_", this);
            return this;
        }

        public Tensor exp_()
        {
            Aten.InPlace("exp_", this);
            return this;
        }

        public Tensor log_()
        {
            Aten.InPlace("log_", this);
            return this;
        }

        public Tensor sin_()
        {
            Aten.InPlace("sin_", this);
            return this;
        }

        public Tensor cos_()
        {
            Aten.InPlace("cos_", this);
            return this;
        }

        public Tensor tanh_()
        {
            Aten.InPlace("tanh_", this);
            return this;
        }

        public Tensor sigmoid_()
        {
            Aten.InPlace("sigmoid_", this);
            return this;
        }

        public Tensor relu_()
        {
            Aten.InPlace("relu_", this);
            return this;
        }

        public Tensor neg_()
        {
            Aten.InPlace("neg_", this);
            return this;
        }

        public Tensor floor_()
        {
            Aten.InPlace("floor_", this);
            return this;
        }

        public Tensor ceil_()
        {
            Aten.InPlace("ceil_", this);
            return this;
        }

        public Tensor reciprocal_()
        {
            Aten.InPlace("reciprocal_", this);
            return this;
        }

        public Tensor zero_()
        {
            Aten.InPlace("zero_", this);
            return this;
        }

        public Tensor fill_(Scalar value)
        {
            Aten.InPlace("fill_.Scalar", this, value);
            return this;
        }

        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            Aten.InPlace("copy_", this, source, nonBlocking);
            return this;
        }

        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            Aten.InPlace("clamp_", this, min, max);
            return this;
        }

        public Tensor masked_fill_(Tensor mask, Scalar value)
        {
            Aten.InPlace("masked_fill_.Scalar", this, mask, value);
            return this;
        }

        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            Aten.InPlace("index_copy_", this, dim, index, source);
            return this;
        }

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            Aten.InPlace("index_add_", this, dim, index, source, alpha);
            return this;
        }

        public Tensor lerp_(Tensor end, Tensor weight)
        {
            Aten.InPlace("lerp_.Tensor", this, end, weight);
            return this;
        }

        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            Aten.InPlace("uniform_", this, from, to, generator);
            return this;
        }

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null)
        {
            Aten.InPlace("normal_", this, mean, std, generator);
            return this;
        }

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
        {
            Aten.InPlace("bernoulli_.float", this, p, generator);
            return this;
        }
    }
}
