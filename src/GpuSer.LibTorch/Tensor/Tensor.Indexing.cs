using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>A view by positions and slices; a copy where tensors of positions are among the indices. Assigning writes through.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => Put(indices, value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => Aten.InPlace("index_put_", this, Value.OptionalTensors(indices), value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => Put([i1], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(new TensorIndex[] { i1, i2 });
            set => Put([i1, i2], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(new TensorIndex[] { i1, i2, i3 });
            set => Put([i1, i2, i3], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(new TensorIndex[] { i1, i2, i3, i4 });
            set => Put([i1, i2, i3, i4], value);
        }

        public Tensor index(params Tensor[] indices) => Aten.Call("index.Tensor", this, Value.OptionalTensors(indices));

        public Tensor index(params TensorIndex[] indices)
        {
            var view = View(indices, out var positions);
            if (positions is null) return view;
            using (view) return Aten.Call("index.Tensor", view, Value.OptionalTensors(positions));
        }

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            Put(indices, value);
            return this;
        }

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using Tensor tensor = value;
            Put(indices, tensor);
            return this;
        }

        private void Put(TensorIndex[] indices, Tensor value)
        {
            using var view = View(indices, out var positions);
            if (positions is null)
                view.copy_(value);
            else
                Aten.InPlace("index_put_", view, Value.OptionalTensors(positions), value);
        }

        // Everything but tensors of positions is a view; those come back at their dimensions of it.
        private Tensor View(TensorIndex[] indices, out Tensor?[]? positions)
        {
            var found = new List<(int Dimension, Tensor Positions)>();
            long taken = indices.LongCount(index => index.Kind is TensorIndex.Place.Slice or TensorIndex.Place.Single or TensorIndex.Place.Tensor);
            var view = alias();
            int dimension = 0;
            foreach (var index in indices)
            {
                var next = view;
                switch (index.Kind)
                {
                    case TensorIndex.Place.Single:
                        next = view.select(dimension, index.Start!.Value);
                        break;
                    case TensorIndex.Place.Slice:
                        next = Aten.Call("slice.Tensor", view, dimension++, index.Start, index.Stop, index.Step ?? 1);
                        break;
                    case TensorIndex.Place.NewDimension:
                        next = view.unsqueeze(dimension++);
                        break;
                    case TensorIndex.Place.Ellipsis:
                        dimension += (int)(ndim - taken);
                        break;
                    case TensorIndex.Place.Tensor:
                        found.Add((dimension++, index.Positions!));
                        break;
                }

                if (!ReferenceEquals(next, view)) view.Dispose();
                view = next;
            }

            positions = found.Count == 0 ? null : new Tensor?[found[^1].Dimension + 1];
            foreach (var (at, tensor) in found) positions![at] = tensor;
            return view;
        }
    }
}
