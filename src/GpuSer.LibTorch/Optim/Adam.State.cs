using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class Adam
{
    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? eps;
        public double? weight_decay;
        public bool? amsgrad;
        public bool? maximize;
    }

    public class ParamGroup : ParamGroup<Options>, optim.IBetas
    {
        public ParamGroup() => base.Options = new Options();

        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize })
        {
        }

        public (double, double) Betas
        {
            get => (Options.beta1 ?? 0.9, Options.beta2 ?? 0.999);
            set => (Options.beta1, Options.beta2) = value;
        }
    }

    /// <summary>The two running means and the number of steps.</summary>
    public class State : OptimizerState, IDisposable
    {
        public long step;
        public Tensor exp_avg;
        public Tensor exp_avg_sq;
        public Tensor? max_exp_avg_sq;

        public State(Parameter parameter)
            : base(parameter)
        {
            exp_avg = parameter.zeros_like().DetachFromDisposeScope();
            exp_avg_sq = parameter.zeros_like().DetachFromDisposeScope();
        }

        public override void Initialize(OptimizerOptions options)
        {
            step = 0;
            exp_avg.zero_();
            exp_avg_sq.zero_();
            max_exp_avg_sq?.Dispose();
            max_exp_avg_sq = ((Options)options).amsgrad == true ? Parameter.zeros_like().DetachFromDisposeScope() : null;
        }

        public void Dispose()
        {
            exp_avg.Dispose();
            exp_avg_sq.Dispose();
            max_exp_avg_sq?.Dispose();
            GC.SuppressFinalize(this);
        }

        // Temporaries belong to the caller's dispose scope.
        internal void Step(Tensor gradient, Options options)
        {
            double beta1 = options.beta1!.Value, beta2 = options.beta2!.Value;
            step++;
            if (options.maximize == true) gradient = gradient.neg();
            if (options.weight_decay is > 0 and { } decay) gradient = gradient.add(Parameter, decay);

            exp_avg.mul_(beta1).add_(gradient, 1 - beta1);
            exp_avg_sq.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
            if (max_exp_avg_sq is { } largest) largest.copy_(largest.maximum(exp_avg_sq));

            double correction1 = 1 - Math.Pow(beta1, step), correction2 = 1 - Math.Pow(beta2, step);
            var denominator = (max_exp_avg_sq ?? exp_avg_sq).sqrt().div_(Math.Sqrt(correction2)).add_(options.eps!.Value);
            Parameter.addcdiv_(exp_avg, denominator, -options.LearningRate!.Value / correction1);
        }
    }
}
