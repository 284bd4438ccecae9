namespace GpuSer.Features.Image;

/// <summary>The plans used last, by shape; the one unused longest makes room.</summary>
internal sealed class FeaturePlanCache(int capacity, Func<int, int, bool, FeaturePlan> make) : IDisposable
{
    // Most recently used first; there are only a few.
    private readonly List<FeaturePlan> _plans = [];

    /// <summary>Plans kept now.</summary>
    public int Count => _plans.Count;

    /// <summary>Plans made so far.</summary>
    public int Made { get; private set; }

    /// <summary>The plan for a shape, made where there is none.</summary>
    public FeaturePlan Get(int batch, int frames, bool keepStages)
    {
        int at = _plans.FindIndex(plan => plan.Batch == batch && plan.Frames == frames && plan.KeepsStages == keepStages);
        if (at == 0)
            return _plans[0];
        FeaturePlan plan;
        if (at > 0)
        {
            plan = _plans[at];
            _plans.RemoveAt(at);
        }
        else
        {
            // Room first: two plans of the largest shape need not fit at once.
            if (_plans.Count == capacity)
            {
                _plans[^1].Dispose();
                _plans.RemoveAt(_plans.Count - 1);
            }

            plan = make(batch, frames, keepStages);
            Made++;
        }

        _plans.Insert(0, plan);
        return plan;
    }

    public void Dispose()
    {
        foreach (FeaturePlan plan in _plans)
            plan.Dispose();
        _plans.Clear();
    }
}
