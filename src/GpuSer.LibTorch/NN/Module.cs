using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// A part of a network: parameters, buffers and further modules, each under a name. A derived class keeps them in
        /// fields and calls <see cref="RegisterComponents"/> at the end of its constructor; a field's name is then the component's.
        /// </summary>
        public partial class Module : IDisposable
        {
            private readonly List<(string Name, Parameter Value)> _parameterList = [];
            private readonly List<(string Name, Tensor Value, bool Persistent)> _bufferList = [];
            private readonly List<(string Name, Module Value)> _children = [];
            private readonly string _name;

            protected Module(string name) => _name = name;

            ~Module() => Dispose(false);

            public virtual bool training { get; private set; } = true;

            public virtual string GetName() => _name;

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var (_, child) in _children) child.train(train);
            }

            public virtual void eval() => train(false);

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters()) ClearGrad(parameter, set_to_none);
            }

            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, child) in _children) child.apply(fn);
                fn(this);
                return this;
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentNullException.ThrowIfNull(param);
                ThrowIfTaken(name);
                _parameterList.Add((name, param));
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                ThrowIfTaken(name);
                _bufferList.Add((name, tensor, persistent));
            }

            public virtual void register_module(string name, Module submodule)
            {
                ArgumentNullException.ThrowIfNull(submodule);
                ThrowIfTaken(name);
                submodule.RegisterComponents();
                _children.Add((name, submodule));
            }

            public virtual void add_module(string name, Module module) => register_module(name, module);

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (var (_, parameter) in _parameterList) parameter.Dispose();
                foreach (var (_, buffer, _) in _bufferList) buffer.Dispose();
                foreach (var (_, child) in _children) child.Dispose();
            }

            /// <summary>Registers what this class's own fields hold, under the fields' names or those of their <see cref="ComponentNameAttribute"/>.</summary>
            protected virtual void RegisterComponents()
            {
                foreach (var field in GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                {
                    string name = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
                    object? value = field.GetValue(this);
                    if (IsTaken(name) || IsRegistered(value)) continue;
                    switch (value)
                    {
                        case Module child:
                            register_module(name, child);
                            break;
                        case Parameter parameter:
                            register_parameter(name, parameter);
                            break;
                        case Tensor buffer:
                            register_buffer(name, buffer);
                            break;
                    }
                }
            }

            private protected static void ClearGrad(Parameter parameter, bool set_to_none)
            {
                if (set_to_none)
                {
                    parameter.grad = null;
                    return;
                }

                using var gradient = parameter.grad?.DetachFromDisposeScope();
                gradient?.zero_();
            }

            private bool IsTaken(string name) => _parameterList.Exists(p => p.Name == name) || _bufferList.Exists(b => b.Name == name) || _children.Exists(c => c.Name == name);

            private bool IsRegistered(object? value) =>
                _parameterList.Exists(p => ReferenceEquals(p.Value, value)) || _bufferList.Exists(b => ReferenceEquals(b.Value, value)) || _children.Exists(c => ReferenceEquals(c.Value, value));

            private void ThrowIfTaken(string name)
            {
                ArgumentException.ThrowIfNullOrEmpty(name);
                if (name.Contains('.', StringComparison.Ordinal)) throw new ArgumentException($"A component's name may not contain a dot: '{name}'.", nameof(name));
                if (IsTaken(name)) throw new InvalidOperationException($"{name} is already registered.");
            }
        }
    }
}
