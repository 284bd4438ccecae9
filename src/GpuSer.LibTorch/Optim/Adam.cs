using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters.Select(named => named.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(IEnumerable<Adam.ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>
    /// Adam (Kingma and Ba 2015), with torch's order of operations: m and v are running means of the gradient and its
    /// square; <c>w -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)</c>. With amsgrad the largest v so far
    /// takes v's place (Reddi et al. 2018).
    /// </summary>
    public partial class Adam : OptimizerHelper, optim.IBetas
    {
        private readonly Dictionary<Parameter, State> _states = new(ReferenceEqualityComparer.Instance);
        private readonly Options _defaults;

        public Adam(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
        {
        }

        public Adam(IEnumerable<ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        {
            ThrowIfBad(lr, beta1, beta2, eps, weight_decay);
            _defaults = new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize };
            foreach (var group in parameters) add_param_group(group);
        }

        public (double, double) Betas
        {
            get => (_defaults.beta1!.Value, _defaults.beta2!.Value);
            set
            {
                (_defaults.beta1, _defaults.beta2) = value;
                foreach (var group in _parameter_groups) ((ParamGroup)group).Betas = value;
            }
        }

        public override void add_param_group(Modules.ParamGroup param_group)
        {
            var options = ((ParamGroup)param_group).Options;
            options.LearningRate ??= _defaults.LearningRate;
            options.beta1 ??= _defaults.beta1;
            options.beta2 ??= _defaults.beta2;
            options.eps ??= _defaults.eps;
            options.weight_decay ??= _defaults.weight_decay;
            options.amsgrad ??= _defaults.amsgrad;
            options.maximize ??= _defaults.maximize;
            options.InitialLearningRate = options.LearningRate!.Value;
            param_group.Parameters = param_group.Parameters.ToArray();
            base.add_param_group(param_group);

            foreach (var parameter in param_group.Parameters)
            {
                var state = new State(parameter);
                state.Initialize(options);
                _states.Add(parameter, state);
            }
        }

        public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(Step, closure);

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (!disposing) return;
            foreach (var state in _states.Values) state.Dispose();
            _states.Clear();
        }

        private static void ThrowIfBad(double lr, double beta1, double beta2, double eps, double weight_decay)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(lr);
            ArgumentOutOfRangeException.ThrowIfNegative(beta1);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta1, 1);
            ArgumentOutOfRangeException.ThrowIfNegative(beta2);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta2, 1);
            ArgumentOutOfRangeException.ThrowIfNegative(eps);
            ArgumentOutOfRangeException.ThrowIfNegative(weight_decay);
        }

        private void Step(ParamGroup group)
        {
            var options = group.Options;
            foreach (var parameter in group.Parameters)
            {
                // A parameter's temporaries are as large as itself: they go before the next one's come.
                using var scope = NewDisposeScope();
                if (parameter.grad is { } gradient) _states[parameter].Step(gradient, options);
            }
        }
    }
}
