namespace GpuSer.PtxEmulator.Counters;

/// <summary>Classes of instructions by the unit that executes them, as rates of a multiprocessor are given.</summary>
public enum InstructionClass
{
    /// <summary>Single-precision add, multiply, fused multiply-add, sign changes.</summary>
    Float32,

    /// <summary>Integer arithmetic, logic, shifts, moves, selections, 32-bit conversions.</summary>
    Integer,

    /// <summary>Comparisons, minimum and maximum.</summary>
    Compare,

    /// <summary>Loads, stores, atomics and shuffles.</summary>
    LoadStore,

    /// <summary>Division, roots, exponentials, sines, bit counts, conversions to and from 64 bits.</summary>
    Special,

    /// <summary>Double-precision arithmetic.</summary>
    Float64,

    /// <summary>Branches, barriers, exits, votes.</summary>
    Control,
}
