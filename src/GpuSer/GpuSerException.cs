namespace GpuSer;

/// <summary>
/// Base of every error that GpuSer raises on purpose. Its message is one line that names what is wrong and the way out,
/// fit to be shown to a user as it is.
/// </summary>
public class GpuSerException : Exception
{
    /// <summary>Creates the error.</summary>
    public GpuSerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public GpuSerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
