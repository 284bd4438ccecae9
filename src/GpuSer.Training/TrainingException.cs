namespace GpuSer.Training;

/// <summary>Training or prediction cannot go on: no usable data, a loss that is not a number, labels that do not fit.</summary>
public class TrainingException : GpuSerException
{
    /// <summary>Creates the error.</summary>
    public TrainingException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
