namespace GpuSer.Training;

/// <summary>One or more options have impossible values; the message lists all of them.</summary>
public sealed class InvalidOptionsException : GpuSerException
{
    /// <summary>Creates the error from everything that is wrong.</summary>
    public InvalidOptionsException(IReadOnlyList<string> errors)
        : base(OneLine(string.Join("; ", errors)))
    {
        Errors = errors;
    }

    /// <summary>What is wrong, one entry an option.</summary>
    public IReadOnlyList<string> Errors { get; }
}

/// <summary>Gathers what is wrong with a set of options, so that all of it is told at once.</summary>
internal sealed class OptionErrors
{
    private readonly List<string> _errors = [];

    public OptionErrors Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            _errors.Add(otherwise);
        }

        return this;
    }

    public OptionErrors Include(IEnumerable<string> errors)
    {
        _errors.AddRange(errors);
        return this;
    }

    public IReadOnlyList<string> List => _errors;

    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
        {
            throw new InvalidOptionsException(_errors);
        }
    }
}
