package org.pg2sink.component;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.TypeConversionException;
import org.apache.camel.TypeConverter;
import org.apache.camel.util.ObjectHelper;
import org.pg2sink.changelog.Row;

/**
 * Makes an object of a row: a record by its canonical constructor, or a bean by its setters. A column belongs to the
 * component or property of its name, in which upper and lower case and underscores make no difference.
 */
final class RowBinding {

    /** Narrows numbers, and refuses those that do not fit, of which Camel's converters keep the lowest bits. */
    private static final Map<Class<?>, Function<BigDecimal, Number>> WHOLE = Map.of(
            Byte.class, BigDecimal::byteValueExact,
            Short.class, BigDecimal::shortValueExact,
            Integer.class, BigDecimal::intValueExact,
            Long.class, BigDecimal::longValueExact);

    private final Row row;
    private final TypeConverter converter;
    /** Indexes of the columns that the row has, by name as {@link #plain} makes it. */
    private final Map<String, Integer> columns = new HashMap<>();

    RowBinding(Row row, TypeConverter converter) {
        this.row = row;
        this.converter = converter;
        for (int i = 0; i < row.table().columns().size(); i++) {
            if (row.has(i)) {
                columns.putIfAbsent(plain(row.table().columns().get(i).name()), i);
            }
        }
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Returns the object, or null if {@code type} is no record and no bean that any column of the row fits. */
    <T> T to(Class<T> type) {
        try {
            return type.isRecord() ? record(type) : bean(type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "A row of " + row.table().qualifiedName() + " cannot become a " + type.getName(), e);
        }
    }

    private <T> T record(Class<T> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        if (Arrays.stream(components).map(RecordComponent::getName).noneMatch(this::isColumn)) {
            return null;
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(components[i].getName(), types[i], type);
        }
        Constructor<T> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true); // the record may be nested in a class of routes
        return constructor.newInstance(values);
    }

    private <T> T bean(Class<T> type) throws ReflectiveOperationException {
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers()) || !hasDefaultConstructor(type)) {
            return null;
        }
        T bean = null;
        for (Method method : type.getMethods()) {
            String property = property(method);
            if (property != null && isColumn(property)) {
                bean = bean != null ? bean : type.getConstructor().newInstance();
                Class<?> target = method.getParameterTypes()[0];
                Object value = value(property, target, type);
                if (value != null || !target.isPrimitive()) {
                    method.invoke(bean, value);
                }
            }
        }
        return bean;
    }

    private static boolean hasDefaultConstructor(Class<?> type) {
        return Arrays.stream(type.getConstructors()).anyMatch(constructor -> constructor.getParameterCount() == 0);
    }

    /** Returns the name of the property that a method sets; null if it is no setter. */
    private static String property(Method method) {
        boolean setter = method.getName().startsWith("set")
                && method.getName().length() > 3
                && method.getParameterCount() == 1
                && !Modifier.isStatic(method.getModifiers());
        return setter ? method.getName().substring(3) : null;
    }

    private boolean isColumn(String property) {
        return columns.containsKey(plain(property));
    }

    private Object value(String property, Class<?> target, Class<?> owner) {
        Integer index = columns.get(plain(property));
        Object value = index == null ? null : row.value(index);
        if (value == null) {
            if (target.isPrimitive() && owner.isRecord()) {
                throw new IllegalArgumentException("A row of " + row.table().qualifiedName() + " has no value for "
                        + property + " of " + owner.getName() + ", which is a primitive type: use its wrapper class");
            }
            return null;
        }
        try {
            return converted(value, target);
        } catch (NoTypeConversionAvailableException
                | TypeConversionException
                | ArithmeticException
                | NumberFormatException e) { // no cause: it has the value
            throw new IllegalArgumentException(
                    "The column " + row.table().columns().get(index).name() + " of "
                            + row.table().qualifiedName() + " cannot become a " + target.getName()
                            + ", as which " + owner.getName() + " takes " + property);
        }
    }

    private Object converted(Object value, Class<?> target) throws NoTypeConversionAvailableException {
        if (target.isInstance(value)) {
            return value;
        }
        if (value instanceof OffsetDateTime time && target == Instant.class) {
            return time.toInstant();
        }
        if (value instanceof OffsetDateTime time && target == ZonedDateTime.class) {
            return time.toZonedDateTime();
        }
        Class<?> wrapper = ObjectHelper.convertPrimitiveTypeToWrapperType(target);
        return value instanceof Number number && WHOLE.containsKey(wrapper)
                ? WHOLE.get(wrapper).apply(new BigDecimal(number.toString()))
                : converter.mandatoryConvertTo(wrapper, value);
    }
}
