namespace TorchSharp.Modules;

/// <summary>Window sizes as the operators take them, from the forms the package offers.</summary>
internal static class Sizes
{
    internal static long[] Of((long, long) size) => [size.Item1, size.Item2];

    internal static long[]? Of((long, long)? size) => size is { } value ? Of(value) : null;

    internal static long[]? Both(long? size) => size is { } value ? [value, value] : null;
}
