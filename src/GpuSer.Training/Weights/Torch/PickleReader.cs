using System.Buffers.Binary;
using System.Text;
using GpuSer.IO;

namespace GpuSer.Training.Weights.Torch;

/// <summary>
/// Reads Python pickles as far as a state dict of tensors needs it: a stack machine with the instructions of <see cref="PickleOpcode"/>. Nothing of
/// a file's is ever executed: the classes and functions that it names are those of <see cref="TorchObjects"/>, or it is refused.
/// </summary>
/// <remarks>
/// Every instruction makes one small object at most, and a file may have <see cref="MostInstructions"/>, so memory is bounded whatever a file says.
/// </remarks>
internal sealed class PickleReader(PickleInput input, TorchObjects objects)
{
    /// <summary>Instructions of all pickles of a file: a tensor takes about 36.</summary>
    public const int MostInstructions = 1 << 18;

    private const int NewestProtocol = 5;

    // The strict encoding refuses bytes that are not UTF-8 instead of replacing them.
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private static readonly object Mark = new();

    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _instructions;

    /// <summary>Reads one pickle; the next one, if any, follows it.</summary>
    /// <exception cref="InvalidFileException">The pickle is damaged, or asks for what a state dict does not need.</exception>
    public object? Read()
    {
        _stack.Clear();
        _memo.Clear();
        while (true)
        {
            if (++_instructions > MostInstructions)
            {
                throw Refused($"its pickle has more than {MostInstructions:N0} instructions, far more than a state dict needs");
            }

            byte code = input.Byte();
            if (code == (byte)PickleOpcode.Stop)
            {
                return _stack.Count == 1 ? Pop() : throw Damaged("ends with other than one value");
            }

            Execute(code);
        }
    }

    private void Execute(byte code)
    {
        switch ((PickleOpcode)code)
        {
            case PickleOpcode.Proto:
                byte protocol = input.Byte();
                if (protocol > NewestProtocol)
                {
                    throw Refused($"its pickle is of protocol {protocol}; the newest known is {NewestProtocol}");
                }

                break;
            case PickleOpcode.Frame:
                _ = input.Bytes(8);
                break;
            case PickleOpcode.Mark:
                _stack.Add(Mark);
                break;
            case PickleOpcode.None:
                Push(null);
                break;
            case PickleOpcode.NewTrue:
                Push(true);
                break;
            case PickleOpcode.NewFalse:
                Push(false);
                break;
            case PickleOpcode.BinInt:
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(input.Bytes(4)));
                break;
            case PickleOpcode.BinInt1:
                Push((long)input.Byte());
                break;
            case PickleOpcode.BinInt2:
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(input.Bytes(2)));
                break;
            case PickleOpcode.Long1:
                Int128 number = Long(input.Bytes(input.Byte()));
                Push(number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number);
                break;
            case PickleOpcode.BinFloat:
                Push(BinaryPrimitives.ReadDoubleBigEndian(input.Bytes(8)));
                break;
            case PickleOpcode.BinUnicode or PickleOpcode.BinString:
                Push(Text(input.Text(BinaryPrimitives.ReadUInt32LittleEndian(input.Bytes(4)))));
                break;
            case PickleOpcode.ShortBinUnicode or PickleOpcode.ShortBinString:
                Push(Text(input.Bytes(input.Byte())));
                break;
            case PickleOpcode.EmptyTuple:
                Push(new PickleTuple([]));
                break;
            case PickleOpcode.Tuple:
                Push(new PickleTuple(PopToMark()));
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                object?[] items = new object?[code - (byte)PickleOpcode.Tuple1 + 1];
                for (int i = items.Length - 1; i >= 0; i--)
                {
                    items[i] = Pop();
                }

                Push(new PickleTuple(items));
                break;
            case PickleOpcode.EmptyList:
                Push(new PickleList());
                break;
            case PickleOpcode.Append:
                object? item = Pop();
                Top<PickleList>().Items.Add(item);
                break;
            case PickleOpcode.Appends:
                object?[] more = PopToMark();
                Top<PickleList>().Items.AddRange(more);
                break;
            case PickleOpcode.EmptyDict:
                Push(new PickleDict());
                break;
            case PickleOpcode.SetItem:
                object? value = Pop(), key = Pop();
                Top<PickleDict>().Items.Add((key, value));
                break;
            case PickleOpcode.SetItems:
                SetItems(PopToMark());
                break;
            case PickleOpcode.BinPut:
                _memo[input.Byte()] = Top();
                break;
            case PickleOpcode.LongBinPut:
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(input.Bytes(4))] = Top();
                break;
            case PickleOpcode.Memoize:
                _memo[(uint)_memo.Count] = Top();
                break;
            case PickleOpcode.BinGet:
                Push(Remembered(input.Byte()));
                break;
            case PickleOpcode.LongBinGet:
                Push(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(input.Bytes(4))));
                break;
            case PickleOpcode.Global:
                string module = Text(input.Line());
                Push(objects.Global(module, Text(input.Line())));
                break;
            case PickleOpcode.StackGlobal:
                string name = Pop<string>();
                Push(objects.Global(Pop<string>(), name));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObj:
                PickleTuple arguments = Pop<PickleTuple>();
                Push(objects.Make(Pop<PickleGlobal>(), arguments.Items));
                break;
            case PickleOpcode.Build:
                object? state = Pop();
                objects.Build(Top(), state);
                break;
            case PickleOpcode.BinPersId:
                Push(objects.Persistent(Pop()));
                break;
            default:
                throw Refused($"its pickle uses the instruction {RefusedOpcodes.Name(code)}, which a state dict of tensors does not need");
        }
    }

    private void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0)
        {
            throw Damaged("gives a dict a key without a value");
        }

        PickleDict dict = Top<PickleDict>();
        for (int i = 0; i < items.Length; i += 2)
        {
            dict.Items.Add((items[i], items[i + 1]));
        }
    }

    private Int128 Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 16)
        {
            throw Refused($"its pickle holds a number of {bytes.Length} bytes, larger than any count");
        }

        Span<byte> whole = stackalloc byte[16];
        whole.Fill(bytes.Length > 0 && bytes[^1] >= 0x80 ? (byte)0xff : (byte)0);
        bytes.CopyTo(whole);
        return BinaryPrimitives.ReadInt128LittleEndian(whole);
    }

    private string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidFileException(input.Path, "its pickle holds a text that is not UTF-8; it is damaged, so take another copy", error);
        }
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Pop()
    {
        object? value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private T Pop<T>()
        where T : class
    {
        T value = Top<T>();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object? Top() =>
        _stack.Count > 0 && !ReferenceEquals(_stack[^1], Mark) ? _stack[^1] : throw Damaged("takes a value where there is none");

    private T Top<T>()
        where T : class => Top() as T ?? throw Damaged("uses a value of the wrong kind");

    private object?[] PopToMark()
    {
        int mark = _stack.LastIndexOf(Mark);
        if (mark < 0)
        {
            throw Damaged("ends a sequence that was not begun");
        }

        object?[] items = [.. _stack[(mark + 1)..]];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private object? Remembered(uint place) =>
        _memo.TryGetValue(place, out object? value) ? value : throw Damaged("refers to a value that it does not hold");

    private InvalidFileException Damaged(string problem) => Refused($"its pickle {problem}; it is damaged, so take another copy");

    private InvalidFileException Refused(string problem) => new(input.Path, problem);
}
