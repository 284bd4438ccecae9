using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string name, Module module)> named_children()
            {
                foreach (var (name, child) in _children) yield return (name, child);
            }

            public virtual IEnumerable<Module> children() => named_children().Select(child => child.module);

            /// <summary>All modules below this one, without itself.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var (name, child) in named_children())
                {
                    yield return (name, child);
                    foreach (var (inner, grandchild) in child.named_modules()) yield return ($"{name}.{inner}", grandchild);
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(module => module.module);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                foreach (var (name, parameter) in _parameterList) yield return (name, parameter);
                if (!recurse) yield break;
                foreach (var (name, child) in named_children())
                {
                    foreach (var (inner, parameter) in child.named_parameters()) yield return ($"{name}.{inner}", parameter);
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(parameter => parameter.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                foreach (var (name, buffer, persistent) in _bufferList)
                {
                    if (persistent || include_nonpersistent) yield return (name, buffer);
                }

                if (!recurse) yield break;
                foreach (var (name, child) in named_children())
                {
                    foreach (var (inner, buffer) in child.named_buffers(true, include_nonpersistent)) yield return ($"{name}.{inner}", buffer);
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) => named_buffers(recurse, include_nonpersistent).Select(buffer => buffer.buffer);

            public bool has_parameter(string target) => named_parameters().Any(parameter => parameter.name == target);

            public virtual Parameter? get_parameter(string target) => named_parameters().FirstOrDefault(parameter => parameter.name == target).parameter;

            public bool has_buffer(string target) => named_buffers().Any(buffer => buffer.name == target);

            public virtual Tensor? get_buffer(string target) => named_buffers().FirstOrDefault(buffer => buffer.name == target).buffer;

            /// <summary>Parameters and persistent buffers by name: the tensors themselves, not copies. Parameters come first.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                string start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (name, parameter) in named_parameters()) destination.TryAdd(start + name, parameter);
                foreach (var (name, buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(start + name, buffer);
                return destination;
            }

            /// <summary>Copies the values of the same names into this module's tensors.</summary>
            /// <returns>Names of this module that the source lacks, and names of the source that this module lacks.</returns>
            /// <exception cref="InvalidOperationException">Names differ and <paramref name="strict"/> is set.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var own = state_dict();
                List<string> missing = [.. own.Keys.Where(name => !source.ContainsKey(name) && skip?.Contains(name) != true)];
                List<string> unexpected = [.. source.Keys.Where(name => !own.ContainsKey(name) && skip?.Contains(name) != true)];
                if (strict && missing.Count + unexpected.Count > 0)
                    throw new InvalidOperationException($"The loaded state_dict differs from the module's: missing {string.Join(", ", missing)}; unexpected {string.Join(", ", unexpected)}.");

                using var mode = no_grad();
                foreach (var (name, tensor) in own)
                {
                    if (source.TryGetValue(name, out var values) && skip?.Contains(name) != true) tensor.copy_(values);
                }

                return (missing, unexpected);
            }
        }
    }
}
