namespace GpuSer.Cuda.Ptx;

/// <summary>A text is not PTX, or uses something of PTX that is not supported.</summary>
internal sealed class PtxFormatException : GpuSerException
{
    /// <summary>Creates the error of one line.</summary>
    public PtxFormatException(int line, string detail)
        : base($"PTX line {line}: {detail}")
    {
        Line = line;
    }

    /// <summary>Line of the text, counted from 1.</summary>
    public int Line { get; }
}
