namespace GpuSer.Console.Configuration;

/// <summary>A configuration file or <c>--set</c> holds what the command cannot take.</summary>
public sealed class InvalidConfigurationException : GpuSerException
{
    /// <summary>Creates the error from everything that is wrong.</summary>
    public InvalidConfigurationException(IReadOnlyList<string> errors, Exception? innerException = null)
        : base(string.Join("; ", errors), innerException)
    {
        Errors = errors;
    }

    /// <summary>What is wrong, a line each: where, which key, which value, and the way out.</summary>
    public IReadOnlyList<string> Errors { get; }
}
