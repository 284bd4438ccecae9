namespace GpuSer.Training;

/// <summary>Training or prediction cannot go on: no usable data, a loss that is not a number, labels that do not fit.</summary>
public class TrainingException : GpuSerException
{
    /// <summary>Creates the error.</summary>
    public TrainingException(string message, Exception? innerException = null)
        : base(OneLine(message), innerException)
    {
    }
}

/// <summary>The loss is not a number any more; the weights that were saved before are good.</summary>
public sealed class TrainingDivergedException : TrainingException
{
    /// <summary>Creates the error.</summary>
    public TrainingDivergedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A training came to its end and could not be saved: the disk is full, or it fails.</summary>
public sealed class RunNotSavedException : TrainingException
{
    /// <summary>Creates the error from that of the file.</summary>
    public RunNotSavedException(Exception innerException)
        : base($"the training could not be saved: {innerException.Message}; what was saved before is still there, so make room and continue with --resume", innerException)
    {
    }
}
