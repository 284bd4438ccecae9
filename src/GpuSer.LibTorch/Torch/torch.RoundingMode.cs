namespace TorchSharp;

public static partial class torch
{
    /// <summary>What division does with the fraction.</summary>
    public enum RoundingMode
    {
        None = 0,
        trunc = 1,
        floor = 2,
    }
}
